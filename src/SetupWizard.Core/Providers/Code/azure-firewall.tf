@say TerraformSubscription
@steps open-networking
data "azurerm_resources" "source" {
  type = "Microsoft.DBforPostgreSQL/flexibleServers"
  name = {{instance}}
}

@steps add-rules save
resource "azurerm_postgresql_flexible_server_firewall_rule" "clickpipes" {
  for_each = toset([
    @each address
    {{address}},
    @end
  ])

  server_id        = data.azurerm_resources.source.resources[0].id
  name             = "clickpipes-${replace(each.value, ".", "-")}"
  start_ip_address = each.value
  end_ip_address   = each.value
}
