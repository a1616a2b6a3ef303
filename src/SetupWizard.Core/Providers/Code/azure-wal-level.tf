@say TerraformSubscription
@steps open-parameters
data "azurerm_resources" "source" {
  type = "Microsoft.DBforPostgreSQL/flexibleServers"
  name = {{instance}}
}

@steps find choose save restart
@say TerraformRestart
resource "azurerm_postgresql_flexible_server_configuration" "clickpipes_wal_level" {
  server_id = data.azurerm_resources.source.resources[0].id
  name      = "wal_level"
  value     = "logical"
}
