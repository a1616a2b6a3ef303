# For a configuration whose clickhouse provider has the key of your organization.
variable "service_id" {
  description = "ID of the ClickHouse service"
  type        = string
}

# From the other side: what its last step noted.
variable "service_attachment" {
  description = "URI of the service attachment"
  type        = string
}

# Steps 2-3
resource "clickhouse_clickpipes_reverse_private_endpoint" "source" {
  service_id             = var.service_id
  description            = "Postgres source"
  type                   = "GCP_PSC_SERVICE_ATTACHMENT"
  gcp_service_attachment = var.service_attachment
}

resource "clickhouse_clickpipes_reverse_private_endpoint_custom_private_dns" "source" {
  service_id                  = var.service_id
  reverse_private_endpoint_id = clickhouse_clickpipes_reverse_private_endpoint.source.id

  mapping = [
    # Put the AWS region of the instance, such as eu-central-1, in place of <region>.
    { private_dns_name = "it's \"odd\" $(id) `id` $${var.x} %%{if} $$${y} \\ \\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \u202e'@\r\n*/ --" }
  ]
}
