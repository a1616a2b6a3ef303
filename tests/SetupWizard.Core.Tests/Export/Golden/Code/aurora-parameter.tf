# For a configuration whose aws provider is set to the region eu-central-1.
# If shop-prod already uses a parameter group of your own, put only the parameters into that one: a
# new group would not have your other settings.
# Steps 2-4
resource "aws_rds_cluster_parameter_group" "clickpipes" {
  name        = "shop-prod-clickpipes"
  family      = "aurora-postgresql16"
  description = "Parameters for ClickPipes"

  parameter {
    name         = "max_worker_processes"
    value        = "16"
    apply_method = "pending-reboot"
  }
}

# Put these lines into the aws_rds_cluster of shop-prod:
#   db_cluster_parameter_group_name = aws_rds_cluster_parameter_group.clickpipes.name
#   apply_immediately               = true

# Step 5
# A newly attached parameter group is in effect after a reboot.
# Terraform does not reboot instances. When the writer shows the group as pending-reboot:
#   aws rds reboot-db-instance --region 'eu-central-1' --db-instance-identifier "$(aws rds describe-db-clusters --region 'eu-central-1' --db-cluster-identifier 'shop-prod' --query 'DBClusters[0].DBClusterMembers[?IsClusterWriter].DBInstanceIdentifier | [0]' --output text)"
