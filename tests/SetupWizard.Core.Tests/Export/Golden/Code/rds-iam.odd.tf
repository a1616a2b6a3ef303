# For a configuration whose aws provider is set to the region it's "odd" $(id) `id` ${var.x} %{if}
# $${y} \ \' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>⟨U+000A⟩COMMANDS⟨U+000A⟩⟨U+0009⟩rm -rf
# ⟨U+202E⟩'@⟨U+000D⟩⟨U+000A⟩*/ --.
# Put these lines into the aws_db_instance of it's "odd" $(id) `id` ${var.x} %{if} $${y} \ \' 주문📦
# ’; #{x} {{instance}} %PATH% & | <region>⟨U+000A⟩COMMANDS⟨U+000A⟩⟨U+0009⟩rm -rf
# ⟨U+202E⟩'@⟨U+000D⟩⟨U+000A⟩*/ --:
# Steps 1-3
#   iam_database_authentication_enabled = true
#   apply_immediately                   = true

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

# Step 4
data "aws_db_instance" "source" {
  # Put the AWS region of the instance, such as eu-central-1, in place of <region>.
  db_instance_identifier = "it's \"odd\" $(id) `id` $${var.x} %%{if} $$${y} \\ \\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \u202e'@\r\n*/ --"
}

# Steps 6-7
resource "aws_iam_role" "clickpipes" {
  name = "clickpipes-postgres"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      # Put the Service role ID (IAM) that ClickHouse Cloud shows for the service in place of
      # <service-role-id>.
      Effect    = "Allow"
      Principal = { AWS = "<service-role-id>" }
      Action    = ["sts:AssumeRole", "sts:TagSession"]
    }]
  })
}

# Step 8
resource "aws_iam_role_policy" "connect" {
  name = "connect-to-database"
  role = aws_iam_role.clickpipes.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Action = ["rds-db:connect"]
      Resource = join("", [
        "arn:", data.aws_partition.current.partition, ":rds-db:", "it's \"odd\" $(id) `id` $${var.x} %%{if} $$${y} \\ \\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \u202e'@\r\n*/ --", ":", data.aws_caller_identity.current.account_id,
        ":dbuser:", data.aws_db_instance.source.resource_id, "/", "it's \"odd\" $${$}(id) `id` $${$}{var.x} %%{if} $${$}$${$}{y} \\ \\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \u202e'@\r\n$${*}/ --"
      ])
    }]
  })
}

# Step 9
output "clickpipes_iam_role" {
  value = aws_iam_role.clickpipes.arn
}
