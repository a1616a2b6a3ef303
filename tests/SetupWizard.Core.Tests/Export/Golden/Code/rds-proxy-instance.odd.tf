# For a configuration whose aws provider is set to the region it's "odd" $(id) `id` ${var.x} %{if}
# $${y} \ \' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>⟨U+000A⟩COMMANDS⟨U+000A⟩⟨U+0009⟩rm -rf
# ⟨U+202E⟩'@⟨U+000D⟩⟨U+000A⟩*/ --.
# Needs rds-proxy-instance.sh, the Bash part of this guide, beside this file.
data "aws_db_instance" "source" {
  # Put the AWS region of the instance, such as eu-central-1, in place of <region>.
  db_instance_identifier = "it's \"odd\" $(id) `id` $${var.x} %%{if} $$${y} \\ \\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \u202e'@\r\n*/ --"
}

data "aws_db_subnet_group" "source" {
  name = data.aws_db_instance.source.db_subnet_group
}

data "aws_ssm_parameter" "image" {
  name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
}

variable "public_subnet_id" {
  description = "A subnet of the database's VPC with a route to an internet gateway"
  type        = string
}

# Step 1
resource "aws_security_group" "clickpipes_proxy" {
  name        = "clickpipes-proxy"
  description = "Postgres from ClickPipes"
  vpc_id      = data.aws_db_subnet_group.source.vpc_id

  ingress {
    description = "ClickPipes"
    protocol    = "tcp"
    from_port   = data.aws_db_instance.source.port
    to_port     = data.aws_db_instance.source.port
    cidr_blocks = [
      "it's \"odd\" $(id) `id` $${var.x} %%{if} $$${y} \\ \\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \u202e'@\r\n*/ --/32",
      "192.0.2.1/32",
    ]
  }

  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

# Step 2
resource "aws_security_group_rule" "clickpipes_proxy" {
  type                     = "ingress"
  security_group_id        = data.aws_db_instance.source.vpc_security_groups[0]
  source_security_group_id = aws_security_group.clickpipes_proxy.id
  description              = "ClickPipes through the proxy instance"
  protocol                 = "tcp"
  from_port                = data.aws_db_instance.source.port
  to_port                  = data.aws_db_instance.source.port
}

# Step 3
resource "aws_instance" "clickpipes_proxy" {
  ami                         = data.aws_ssm_parameter.image.value
  instance_type               = "t3.small"
  subnet_id                   = var.public_subnet_id
  vpc_security_group_ids      = [aws_security_group.clickpipes_proxy.id]
  user_data                   = file("${path.module}/rds-proxy-instance.sh")
  user_data_replace_on_change = true

  metadata_options {
    http_tokens = "required"
  }

  tags = { Name = "clickpipes-proxy" }
}

# Step 4
resource "aws_eip" "clickpipes_proxy" {
  domain   = "vpc"
  instance = aws_instance.clickpipes_proxy.id
}

# Step 5
output "clickpipes_host" {
  value = aws_eip.clickpipes_proxy.public_ip
}
