# For a configuration whose aws provider is set to the region it's "odd" $(id) `id` ${var.x} %{if}
# $${y} \ \' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>⟨U+000A⟩COMMANDS⟨U+000A⟩⟨U+0009⟩rm -rf
# ⟨U+202E⟩'@⟨U+000D⟩⟨U+000A⟩*/ --.
# Step 1
data "aws_db_instance" "source" {
  # Put the AWS region of the instance, such as eu-central-1, in place of <region>.
  db_instance_identifier = "it's \"odd\" $(id) `id` $${var.x} %%{if} $$${y} \\ \\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \u202e'@\r\n*/ --"

  lifecycle {
    postcondition {
      condition     = !self.publicly_accessible
      error_message = "AWS makes no resource configuration for a publicly accessible instance."
    }
  }
}

data "aws_db_subnet_group" "source" {
  name = data.aws_db_instance.source.db_subnet_group
}

# Step 2
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

# Step 3
resource "aws_security_group_rule" "clickpipes_gateway" {
  type                     = "ingress"
  security_group_id        = data.aws_db_instance.source.vpc_security_groups[0]
  source_security_group_id = aws_security_group.clickpipes_gateway.id
  description              = "ClickPipes through the resource gateway"
  protocol                 = "tcp"
  from_port                = data.aws_db_instance.source.port
  to_port                  = data.aws_db_instance.source.port
}

# Step 4
resource "aws_vpclattice_resource_configuration" "clickpipes" {
  name                        = "clickpipes-postgres"
  type                        = "ARN"
  resource_gateway_identifier = aws_vpclattice_resource_gateway.clickpipes.id

  resource_configuration_definition {
    arn_resource {
      arn = data.aws_db_instance.source.db_instance_arn
    }
  }
}

# Step 5
resource "aws_ram_resource_share" "clickpipes" {
  name                      = "clickpipes-postgres"
  allow_external_principals = true
}

resource "aws_ram_resource_association" "clickpipes" {
  resource_share_arn = aws_ram_resource_share.clickpipes.arn
  resource_arn       = aws_vpclattice_resource_configuration.clickpipes.arn
}

resource "aws_ram_principal_association" "clickpipes" {
  resource_share_arn = aws_ram_resource_share.clickpipes.arn
  principal          = "072088201116"
}

# Step 6
output "resource_configuration_id" {
  value = aws_vpclattice_resource_configuration.clickpipes.id
}

output "resource_share_arn" {
  value = aws_ram_resource_share.clickpipes.arn
}
