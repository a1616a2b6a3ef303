@say BicepDeploy
//   az deployment group create --resource-group "$(az resource list --name {{instance:shell}} --resource-type Microsoft.DBforPostgreSQL/flexibleServers --query '[0].resourceGroup' --output tsv)" --template-file {{file:shell}}
@steps open-networking
resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2024-08-01' existing = {
  name: {{instance}}
}

@steps add-rules save
var addresses = [
  @each address
  {{address}}
  @end
]

@batchSize(1)
resource clickpipes 'Microsoft.DBforPostgreSQL/flexibleServers/firewallRules@2024-08-01' = [for address in addresses: {
  parent: server
  name: 'clickpipes-${replace(address, '.', '-')}'
  properties: {
    startIpAddress: address
    endIpAddress: address
  }
}]
