@say BicepDeploy
//   az deployment group create --resource-group "$(az resource list --name {{instance:shell}} --resource-type Microsoft.DBforPostgreSQL/flexibleServers --query '[0].resourceGroup' --output tsv)" --template-file {{file:shell}}
@steps open-parameters
resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2024-08-01' existing = {
  name: {{instance}}
}

@steps find set save
resource {{"clickpipes_{setting}":symbol}} 'Microsoft.DBforPostgreSQL/flexibleServers/configurations@2024-08-01' = {
  parent: server
  name: {{setting}}
  properties: {
    value: {{value}}
    source: 'user-override'
  }
}
@if restart

@say BicepRestart
//   az postgres flexible-server restart --name {{instance:shell}} --resource-group "$(az resource list --name {{instance:shell}} --resource-type Microsoft.DBforPostgreSQL/flexibleServers --query '[0].resourceGroup' --output tsv)"
@end
