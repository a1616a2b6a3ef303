# For a configuration whose clickhouse provider has the key of your organization.
variable "service_id" {
  description = "ID of the ClickHouse service"
  type        = string
}

# From the other side: what its last step noted.
variable "service_name" {
  description = "Name of the endpoint service"
  type        = string
}

# Steps 2-3
resource "clickhouse_clickpipes_reverse_private_endpoint" "source" {
  service_id                = var.service_id
  description               = "Postgres source"
  type                      = "VPC_ENDPOINT_SERVICE"
  vpc_endpoint_service_name = var.service_name
}

# Step 5
output "host" {
  value = clickhouse_clickpipes_reverse_private_endpoint.source.dns_names
}
