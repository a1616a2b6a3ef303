// Save this file and deploy it:
//   az deployment group create --resource-group "$(az resource list --name 'shop-prod' --resource-type Microsoft.DBforPostgreSQL/flexibleServers --query '[0].resourceGroup' --output tsv)" --template-file 'azure-firewall.bicep'
// Step 1
resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2024-08-01' existing = {
  name: 'shop-prod'
}

// Steps 2-3
var addresses = [
  '18.195.233.217'
  '3.127.86.90'
  '35.157.23.2'
  '18.197.167.47'
  '3.122.25.29'
  '52.28.148.40'
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
