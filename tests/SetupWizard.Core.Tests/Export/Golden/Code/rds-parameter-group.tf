# For a configuration whose aws provider is set to the region eu-central-1.
# If shop-prod already uses a parameter group of your own, put only the parameters into that one: a
# new group would not have your other settings.
# Steps 2-6
resource "aws_db_parameter_group" "clickpipes" {
  name        = "shop-prod-clickpipes"
  family      = "postgres16"
  description = "Logical replication for ClickPipes"

  parameter {
    name         = "rds.logical_replication"
    value        = "1"
    apply_method = "pending-reboot"
  }

  parameter {
    name         = "wal_sender_timeout"
    value        = "0"
    apply_method = "immediate"
  }
}

# Steps 7-9
# Put these lines into the aws_db_instance of shop-prod:
#   parameter_group_name = aws_db_parameter_group.clickpipes.name
#   apply_immediately    = true

# Step 10
# Terraform does not reboot the instance. When the group shows as pending-reboot:
#   aws rds reboot-db-instance --region 'eu-central-1' --db-instance-identifier 'shop-prod'
