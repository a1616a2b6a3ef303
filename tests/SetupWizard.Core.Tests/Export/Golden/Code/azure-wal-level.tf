# For a configuration whose azurerm provider is set to the subscription of shop-prod.
# Step 1
data "azurerm_resources" "source" {
  type = "Microsoft.DBforPostgreSQL/flexibleServers"
  name = "shop-prod"
}

# Steps 2-5
# The azurerm provider restarts the server by itself, unless its feature
# restart_server_on_configuration_value_change is off.
resource "azurerm_postgresql_flexible_server_configuration" "clickpipes_wal_level" {
  server_id = data.azurerm_resources.source.resources[0].id
  name      = "wal_level"
  value     = "logical"
}
