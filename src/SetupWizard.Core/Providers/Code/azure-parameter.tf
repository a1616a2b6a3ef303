@say TerraformSubscription
@steps open-parameters
data "azurerm_resources" "source" {
  type = "Microsoft.DBforPostgreSQL/flexibleServers"
  name = {{instance}}
}

@steps find set save
@if restart
@say TerraformRestart
@end
resource "azurerm_postgresql_flexible_server_configuration" "{{"clickpipes_{setting}":symbol}}" {
  server_id = data.azurerm_resources.source.resources[0].id
  name      = {{setting}}
  value     = {{value}}
}
