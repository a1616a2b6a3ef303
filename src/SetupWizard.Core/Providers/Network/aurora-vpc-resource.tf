@say TerraformRegion
@steps not-public
@say AuroraMember
data "aws_rds_cluster" "source" {
  cluster_identifier = {{instance}}
}

data "aws_db_instance" "source" {
  db_instance_identifier = tolist(data.aws_rds_cluster.source.cluster_members)[0]

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

@include vpc-gateway.tf

@steps configuration
resource "aws_vpclattice_resource_configuration" "clickpipes" {
  name                        = "clickpipes-postgres"
  type                        = "ARN"
  resource_gateway_identifier = aws_vpclattice_resource_gateway.clickpipes.id

  resource_configuration_definition {
    arn_resource {
      arn = data.aws_rds_cluster.source.arn
    }
  }
}

@include vpc-share.tf
