@say TerraformRegion
@say RdsGroupManaged
@steps open-group edit save
resource "aws_db_parameter_group" "clickpipes" {
  name        = {{group}}
  family      = {{family}}
  description = "Parameters for ClickPipes"

  parameter {
    name         = {{setting}}
    value        = {{value}}
    @if restart
    apply_method = "pending-reboot"
    @end
    @if immediate
    apply_method = "immediate"
    @end
  }
}

@say TerraformAttach
#   parameter_group_name = aws_db_parameter_group.clickpipes.name
#   apply_immediately    = true

@steps apply
@say RdsNewGroupReboot
#   aws rds reboot-db-instance --region {{region:shell}} --db-instance-identifier {{instance:shell}}
