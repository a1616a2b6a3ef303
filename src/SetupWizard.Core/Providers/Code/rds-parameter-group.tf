@say TerraformRegion
@say RdsGroupManaged
@steps create-group choose-family edit-group set-switch set-timeout
resource "aws_db_parameter_group" "clickpipes" {
  name        = {{group}}
  family      = {{family}}
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

@steps modify attach-group apply-immediately
@say TerraformAttach
#   parameter_group_name = aws_db_parameter_group.clickpipes.name
#   apply_immediately    = true

@steps reboot
@say TerraformReboot
#   aws rds reboot-db-instance --region {{region:shell}} --db-instance-identifier {{instance:shell}}
