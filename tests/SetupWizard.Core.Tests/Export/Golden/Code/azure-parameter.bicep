// Save this file and deploy it:
//   az deployment group create --resource-group "$(az resource list --name 'shop-prod' --resource-type Microsoft.DBforPostgreSQL/flexibleServers --query '[0].resourceGroup' --output tsv)" --template-file 'azure-parameter.bicep'
// Step 1
resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2024-08-01' existing = {
  name: 'shop-prod'
}

// Steps 2-4
resource clickpipes_max_worker_processes 'Microsoft.DBforPostgreSQL/flexibleServers/configurations@2024-08-01' = {
  parent: server
  name: 'max_worker_processes'
  properties: {
    value: '16'
    source: 'user-override'
  }
}

// A deployment does not restart the server:
//   az postgres flexible-server restart --name 'shop-prod' --resource-group "$(az resource list --name 'shop-prod' --resource-type Microsoft.DBforPostgreSQL/flexibleServers --query '[0].resourceGroup' --output tsv)"
