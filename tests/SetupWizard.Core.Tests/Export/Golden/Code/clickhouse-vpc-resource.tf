# For a configuration whose clickhouse provider has the key of your organization.
variable "service_id" {
  description = "ID of the ClickHouse service"
  type        = string
}

# From the other side: what its last step noted.
variable "resource_configuration_id" {
  description = "ID of the resource configuration"
  type        = string
}

variable "resource_share_arn" {
  description = "ARN of the resource share"
  type        = string
}

# Steps 2-3
resource "clickhouse_clickpipes_reverse_private_endpoint" "source" {
  service_id                    = var.service_id
  description                   = "Postgres source"
  type                          = "VPC_RESOURCE"
  vpc_resource_configuration_id = var.resource_configuration_id
  vpc_resource_share_arn        = var.resource_share_arn
}

# Step 5
output "host" {
  value = clickhouse_clickpipes_reverse_private_endpoint.source.dns_names
}
