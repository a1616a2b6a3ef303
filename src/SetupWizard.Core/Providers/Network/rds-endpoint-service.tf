@say TerraformRegion
@steps look-up
data "aws_db_instance" "source" {
  db_instance_identifier = {{instance}}
}

@include endpoint-service.tf
