# For a configuration whose aws provider is set to the region eu-central-1.
# Steps 1-2
data "aws_rds_cluster" "source" {
  cluster_identifier = "shop-prod"
}

# Steps 3-5
resource "aws_security_group_rule" "clickpipes" {
  for_each = toset([
    "18.195.233.217",
    "3.127.86.90",
    "35.157.23.2",
    "18.197.167.47",
    "3.122.25.29",
    "52.28.148.40",
  ])

  type              = "ingress"
  security_group_id = tolist(data.aws_rds_cluster.source.vpc_security_group_ids)[0]
  description       = "ClickPipes"
  protocol          = "tcp"
  from_port         = data.aws_rds_cluster.source.port
  to_port           = data.aws_rds_cluster.source.port
  cidr_blocks       = ["${each.value}/32"]
}
