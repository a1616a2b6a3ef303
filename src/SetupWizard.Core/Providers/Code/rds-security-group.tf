@say TerraformRegion
@steps open-database open-security-group
data "aws_db_instance" "source" {
  db_instance_identifier = {{instance}}
}

@steps edit-inbound add-rules save
resource "aws_security_group_rule" "clickpipes" {
  for_each = toset([
    @each address
    {{address}},
    @end
  ])

  type              = "ingress"
  security_group_id = data.aws_db_instance.source.vpc_security_groups[0]
  description       = "ClickPipes"
  protocol          = "tcp"
  from_port         = data.aws_db_instance.source.port
  to_port           = data.aws_db_instance.source.port
  cidr_blocks       = ["${each.value}/32"]
}
