@say Network.ClickHouseProvider
variable "service_id" {
  description = "ID of the ClickHouse service"
  type        = string
}

@say Network.FromOtherSide
variable "service_name" {
  description = "Name of the endpoint service"
  type        = string
}

@steps type paste
resource "clickhouse_clickpipes_reverse_private_endpoint" "source" {
  service_id                = var.service_id
  description               = "Postgres source"
  type                      = "VPC_ENDPOINT_SERVICE"
  vpc_endpoint_service_name = var.service_name
}

@steps host
output "host" {
  value = clickhouse_clickpipes_reverse_private_endpoint.source.dns_names
}
