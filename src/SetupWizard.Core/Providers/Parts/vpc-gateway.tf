@steps gateway
resource "aws_security_group" "clickpipes_gateway" {
  name        = "clickpipes-gateway"
  description = "Resource gateway for ClickPipes"
  vpc_id      = data.aws_db_subnet_group.source.vpc_id

  egress {
    protocol    = "tcp"
    from_port   = data.aws_db_instance.source.port
    to_port     = data.aws_db_instance.source.port
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_vpclattice_resource_gateway" "clickpipes" {
  name               = "clickpipes-postgres"
  vpc_id             = data.aws_db_subnet_group.source.vpc_id
  subnet_ids         = data.aws_db_subnet_group.source.subnet_ids
  security_group_ids = [aws_security_group.clickpipes_gateway.id]
}

@steps database-group
resource "aws_security_group_rule" "clickpipes_gateway" {
  type                     = "ingress"
  security_group_id        = data.aws_db_instance.source.vpc_security_groups[0]
  source_security_group_id = aws_security_group.clickpipes_gateway.id
  description              = "ClickPipes through the resource gateway"
  protocol                 = "tcp"
  from_port                = data.aws_db_instance.source.port
  to_port                  = data.aws_db_instance.source.port
}
