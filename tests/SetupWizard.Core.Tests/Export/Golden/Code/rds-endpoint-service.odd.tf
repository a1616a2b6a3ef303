# For a configuration whose aws provider is set to the region it's "odd" $(id) `id` ${var.x} %{if}
# $${y} \ \' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>⟨U+000A⟩COMMANDS⟨U+000A⟩⟨U+0009⟩rm -rf
# ⟨U+202E⟩'@⟨U+000D⟩⟨U+000A⟩*/ --.
# Step 1
data "aws_db_instance" "source" {
  # Put the AWS region of the instance, such as eu-central-1, in place of <region>.
  db_instance_identifier = "it's \"odd\" $(id) `id` $${var.x} %%{if} $$${y} \\ \\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \u202e'@\r\n*/ --"
}

data "aws_db_subnet_group" "source" {
  name = data.aws_db_instance.source.db_subnet_group
}

# Step 2
# A Network Load Balancer that is created without a security group cannot be given one later.
resource "aws_security_group" "clickpipes" {
  name        = "clickpipes-postgres"
  description = "Load balancer in front of Postgres for ClickPipes"
  vpc_id      = data.aws_db_subnet_group.source.vpc_id

  egress {
    protocol    = "tcp"
    from_port   = data.aws_db_instance.source.port
    to_port     = data.aws_db_instance.source.port
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_lb" "clickpipes" {
  name                             = "clickpipes-postgres"
  load_balancer_type               = "network"
  internal                         = true
  subnets                          = data.aws_db_subnet_group.source.subnet_ids
  security_groups                  = [aws_security_group.clickpipes.id]
  enable_cross_zone_load_balancing = true

  enforce_security_group_inbound_rules_on_private_link_traffic = "off"
}

resource "aws_lb_target_group" "clickpipes" {
  name                 = "clickpipes-postgres"
  target_type          = "ip"
  protocol             = "TCP"
  port                 = data.aws_db_instance.source.port
  vpc_id               = data.aws_db_subnet_group.source.vpc_id
  preserve_client_ip   = false
  deregistration_delay = 30

  health_check {
    protocol            = "TCP"
    interval            = 10
    healthy_threshold   = 2
    unhealthy_threshold = 2
  }
}

resource "aws_lb_listener" "clickpipes" {
  load_balancer_arn = aws_lb.clickpipes.arn
  protocol          = "TCP"
  port              = data.aws_db_instance.source.port

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.clickpipes.arn
  }
}

# Step 4
resource "aws_security_group_rule" "clickpipes" {
  type                     = "ingress"
  security_group_id        = data.aws_db_instance.source.vpc_security_groups[0]
  source_security_group_id = aws_security_group.clickpipes.id
  description              = "ClickPipes through the load balancer"
  protocol                 = "tcp"
  from_port                = data.aws_db_instance.source.port
  to_port                  = data.aws_db_instance.source.port
}

# Steps 5-6
# ClickPipes' region, <pipesRegion>, must be supported when it is not the database's own.
resource "aws_vpc_endpoint_service" "clickpipes" {
  # Put the AWS region that ClickPipes connects from in place of <pipesRegion>. Choosing the region
  # in the wizard fills it in.
  acceptance_required        = false
  network_load_balancer_arns = [aws_lb.clickpipes.arn]
  allowed_principals         = ["arn:aws:iam::072088201116:root"]
  supported_regions          = distinct(["it's \"odd\" $(id) `id` $${var.x} %%{if} $$${y} \\ \\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \u202e'@\r\n*/ --", "<pipesRegion>"])
}

# Step 7
output "service_name" {
  value = aws_vpc_endpoint_service.clickpipes.service_name
}
