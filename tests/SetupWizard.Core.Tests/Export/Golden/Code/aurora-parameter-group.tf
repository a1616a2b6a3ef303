# For a configuration whose aws provider is set to the region eu-central-1.
# If shop-prod already uses a parameter group of your own, put only the parameters into that one: a
# new group would not have your other settings.
# Steps 2-5
resource "aws_rds_cluster_parameter_group" "clickpipes" {
  name        = "shop-prod-clickpipes"
  family      = "aurora-postgresql16"
  description = "Logical replication for ClickPipes"

  parameter {
    name         = "rds.logical_replication"
    value        = "1"
    apply_method = "pending-reboot"
  }
}

# Steps 6-8
# Put these lines into the aws_rds_cluster of shop-prod:
#   db_cluster_parameter_group_name = aws_rds_cluster_parameter_group.clickpipes.name
#   apply_immediately               = true

# Step 9
# Terraform does not reboot instances. When the writer shows the group as pending-reboot:
#   aws rds reboot-db-instance --region 'eu-central-1' --db-instance-identifier "$(aws rds describe-db-clusters --region 'eu-central-1' --db-cluster-identifier 'shop-prod' --query 'DBClusters[0].DBClusterMembers[?IsClusterWriter].DBInstanceIdentifier | [0]' --output text)"
