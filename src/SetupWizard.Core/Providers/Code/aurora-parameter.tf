@say TerraformRegion
@say RdsGroupManaged
@steps open-group edit save
resource "aws_rds_cluster_parameter_group" "clickpipes" {
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

@say AuroraTerraformAttach
#   db_cluster_parameter_group_name = aws_rds_cluster_parameter_group.clickpipes.name
#   apply_immediately               = true

@steps apply
@say RdsNewGroupReboot
@say AuroraTerraformReboot
#   aws rds reboot-db-instance --region {{region:shell}} --db-instance-identifier "$(aws rds describe-db-clusters --region {{region:shell}} --db-cluster-identifier {{instance:shell}} --query 'DBClusters[0].DBClusterMembers[?IsClusterWriter].DBInstanceIdentifier | [0]' --output text)"
