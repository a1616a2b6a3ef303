@say Network.ClickHouseProvider
variable "service_id" {
  description = "ID of the ClickHouse service"
  type        = string
}

variable "bastion_host" {
  description = "Public name or address of the bastion"
  type        = string
}

@steps paste
resource "clickhouse_clickpipes_ssh_key" "bastion" {
  service_id = var.service_id
  name       = "clickpipes-bastion"
  host       = var.bastion_host
  port       = 22
  username   = "clickpipes"
}

@steps key
output "authorized_keys" {
  value = format("restrict,port-forwarding,permitopen=\"%s:%s\" %s", {{host}}, {{port}}, clickhouse_clickpipes_ssh_key.bastion.public_key)
}

@steps verify
@say Network.BastionPipe
#   source = { postgres = { host = {{host}}, ssh_key_resource_id = clickhouse_clickpipes_ssh_key.bastion.id } }
