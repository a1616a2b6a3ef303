# For a configuration whose azurerm provider is set to the subscription of shop-prod.
# Step 1
data "azurerm_resources" "source" {
  type = "Microsoft.DBforPostgreSQL/flexibleServers"
  name = "shop-prod"
}

# Steps 2-3
resource "azurerm_postgresql_flexible_server_firewall_rule" "clickpipes" {
  for_each = toset([
    "18.195.233.217",
    "3.127.86.90",
    "35.157.23.2",
    "18.197.167.47",
    "3.122.25.29",
    "52.28.148.40",
  ])

  server_id        = data.azurerm_resources.source.resources[0].id
  name             = "clickpipes-${replace(each.value, ".", "-")}"
  start_ip_address = each.value
  end_ip_address   = each.value
}
