@say TerraformRegion
@say RdsGroupManaged
@steps create-group choose-family edit-group set-switch
resource "aws_rds_cluster_parameter_group" "clickpipes" {
  name        = {{group}}
  family      = {{family}}
  description = "Logical replication for ClickPipes"

  parameter {
    name         = "rds.logical_replication"
    value        = "1"
    apply_method = "pending-reboot"
  }
}

@steps modify attach-group apply-immediately
@say AuroraTerraformAttach
#   db_cluster_parameter_group_name = aws_rds_cluster_parameter_group.clickpipes.name
#   apply_immediately               = true

@steps reboot
@say AuroraTerraformReboot
#   aws rds reboot-db-instance --region {{region:shell}} --db-instance-identifier "$(aws rds describe-db-clusters --region {{region:shell}} --db-cluster-identifier {{instance:shell}} --query 'DBClusters[0].DBClusterMembers[?IsClusterWriter].DBInstanceIdentifier | [0]' --output text)"
