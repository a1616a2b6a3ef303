@say TerraformRegion
@say AuroraTerraformAttach
@steps open-database turn-on apply
#   iam_database_authentication_enabled = true
#   apply_immediately                   = true

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

@steps resource-id
data "aws_rds_cluster" "source" {
  cluster_identifier = {{instance}}
}

@steps create-role name-role
resource "aws_iam_role" "clickpipes" {
  name = {{role}}

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = {{serviceRole}} }
      Action    = ["sts:AssumeRole", "sts:TagSession"]
    }]
  })
}

@steps allow-connect
resource "aws_iam_role_policy" "connect" {
  name = "connect-to-database"
  role = aws_iam_role.clickpipes.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Action = ["rds-db:connect"]
      Resource = join("", [
        "arn:", data.aws_partition.current.partition, ":rds-db:", {{region}}, ":", data.aws_caller_identity.current.account_id,
        ":dbuser:", data.aws_rds_cluster.source.cluster_resource_id, "/", {{policyName}}
      ])
    }]
  })
}

@steps copy-arn
output "clickpipes_iam_role" {
  value = aws_iam_role.clickpipes.arn
}
