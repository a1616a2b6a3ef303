# For a configuration whose aws provider is set to the region it's "odd" $(id) `id` ${var.x} %{if}
# $${y} \ \' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>⟨U+000A⟩COMMANDS⟨U+000A⟩⟨U+0009⟩rm -rf
# ⟨U+202E⟩'@⟨U+000D⟩⟨U+000A⟩*/ --.
# If it's "odd" $(id) `id` ${var.x} %{if} $${y} \ \' 주문📦 ’; #{x} {{instance}} %PATH% & |
# <region>⟨U+000A⟩COMMANDS⟨U+000A⟩⟨U+0009⟩rm -rf ⟨U+202E⟩'@⟨U+000D⟩⟨U+000A⟩*/ -- already uses a
# parameter group of your own, put only the parameters into that one: a new group would not have
# your other settings.
# Steps 2-4
resource "aws_rds_cluster_parameter_group" "clickpipes" {
  # Put the AWS region of the instance, such as eu-central-1, in place of <region>.
  name        = "it's \"odd\" $(id) `id` $${var.x} %%{if} $$${y} \\ \\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \u202e'@\r\n*/ --"
  family      = "it's \"odd\" $(id) `id` $${var.x} %%{if} $$${y} \\ \\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \u202e'@\r\n*/ --"
  description = "Parameters for ClickPipes"

  parameter {
    name         = "it's \"odd\" $(id) `id` $${var.x} %%{if} $$${y} \\ \\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \u202e'@\r\n*/ --"
    value        = "it's \"odd\" $(id) `id` $${var.x} %%{if} $$${y} \\ \\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \u202e'@\r\n*/ --"
    apply_method = "pending-reboot"
  }
}

# Put these lines into the aws_rds_cluster of it's "odd" $(id) `id` ${var.x} %{if} $${y} \ \' 주문📦
# ’; #{x} {{instance}} %PATH% & | <region>⟨U+000A⟩COMMANDS⟨U+000A⟩⟨U+0009⟩rm -rf
# ⟨U+202E⟩'@⟨U+000D⟩⟨U+000A⟩*/ --:
#   db_cluster_parameter_group_name = aws_rds_cluster_parameter_group.clickpipes.name
#   apply_immediately               = true

# Step 5
# A newly attached parameter group is in effect after a reboot.
# Terraform does not reboot instances. When the writer shows the group as pending-reboot:
#   aws rds reboot-db-instance --region $'it\'s "odd" $(id) `id` ${var.x} %{if} $${y} \\ \\\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \xe2\x80\xae\'@\r\n*/ --' --db-instance-identifier "$(aws rds describe-db-clusters --region $'it\'s "odd" $(id) `id` ${var.x} %{if} $${y} \\ \\\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \xe2\x80\xae\'@\r\n*/ --' --db-cluster-identifier $'it\'s "odd" $(id) `id` ${var.x} %{if} $${y} \\ \\\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \xe2\x80\xae\'@\r\n*/ --' --query 'DBClusters[0].DBClusterMembers[?IsClusterWriter].DBInstanceIdentifier | [0]' --output text)"
