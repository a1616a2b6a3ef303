@say TerraformRegion
@steps open-database open-security-group
data "aws_rds_cluster" "source" {
  cluster_identifier = {{instance}}
}

@steps edit-inbound add-rules save
resource "aws_security_group_rule" "clickpipes" {
  for_each = toset([
    @each address
    {{address}},
    @end
  ])

  type              = "ingress"
  security_group_id = tolist(data.aws_rds_cluster.source.vpc_security_group_ids)[0]
  description       = "ClickPipes"
  protocol          = "tcp"
  from_port         = data.aws_rds_cluster.source.port
  to_port           = data.aws_rds_cluster.source.port
  cidr_blocks       = ["${each.value}/32"]
}
