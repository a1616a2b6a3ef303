@say TerraformRegion
@steps look-up
@say AuroraMember
data "aws_rds_cluster" "source" {
  cluster_identifier = {{instance}}
}

data "aws_db_instance" "source" {
  db_instance_identifier = tolist(data.aws_rds_cluster.source.cluster_members)[0]
}

@include endpoint-service.tf
