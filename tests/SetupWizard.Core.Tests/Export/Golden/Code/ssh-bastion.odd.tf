# For a configuration whose clickhouse provider has the key of your organization.
variable "service_id" {
  description = "ID of the ClickHouse service"
  type        = string
}

variable "bastion_host" {
  description = "Public name or address of the bastion"
  type        = string
}

# Step 4
resource "clickhouse_clickpipes_ssh_key" "bastion" {
  service_id = var.service_id
  name       = "clickpipes-bastion"
  host       = var.bastion_host
  port       = 22
  username   = "clickpipes"
}

# Step 5
output "authorized_keys" {
  # Put the AWS region of the instance, such as eu-central-1, in place of <region>.
  value = format("restrict,port-forwarding,permitopen=\"%s:%s\" %s", "it's \"odd\" $(id) `id` $${var.x} %%{if} $$${y} \\ \\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \u202e'@\r\n*/ --", "it's \"odd\" $(id) `id` $${var.x} %%{if} $$${y} \\ \\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \u202e'@\r\n*/ --", clickhouse_clickpipes_ssh_key.bastion.public_key)
}

# Step 6
# Then in the clickhouse_clickpipe resource:
#   source = { postgres = { host = "it's \"odd\" $(id) `id` $${var.x} %%{if} $$${y} \\ \\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \u202e'@\r\n*/ --", ssh_key_resource_id = clickhouse_clickpipes_ssh_key.bastion.id } }
