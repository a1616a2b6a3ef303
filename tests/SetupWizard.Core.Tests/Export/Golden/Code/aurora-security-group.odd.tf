# For a configuration whose aws provider is set to the region it's "odd" $(id) `id` ${var.x} %{if}
# $${y} \ \' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>⟨U+000A⟩COMMANDS⟨U+000A⟩⟨U+0009⟩rm -rf
# ⟨U+202E⟩'@⟨U+000D⟩⟨U+000A⟩*/ --.
# Steps 1-2
data "aws_rds_cluster" "source" {
  # Put the AWS region of the instance, such as eu-central-1, in place of <region>.
  cluster_identifier = "it's \"odd\" $(id) `id` $${var.x} %%{if} $$${y} \\ \\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \u202e'@\r\n*/ --"
}

# Steps 3-5
resource "aws_security_group_rule" "clickpipes" {
  for_each = toset([
    "it's \"odd\" $(id) `id` $${var.x} %%{if} $$${y} \\ \\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \u202e'@\r\n*/ --",
    "192.0.2.1",
  ])

  type              = "ingress"
  security_group_id = tolist(data.aws_rds_cluster.source.vpc_security_group_ids)[0]
  description       = "ClickPipes"
  protocol          = "tcp"
  from_port         = data.aws_rds_cluster.source.port
  to_port           = data.aws_rds_cluster.source.port
  cidr_blocks       = ["${each.value}/32"]
}
