& {
  $server = 'shop-prod'

  # The resource group is looked up. Stops when the server is not in the current subscription.
  $resourceGroup = az resource list --name $server --resource-type Microsoft.DBforPostgreSQL/flexibleServers --query '[0].resourceGroup' --output tsv
  if ($LASTEXITCODE -or -not $resourceGroup) { throw 'az account set --subscription' }

  # Steps 1-4
  az postgres flexible-server parameter set --resource-group $resourceGroup --server-name $server --name 'max_worker_processes' --value '16' --output none
  if ($LASTEXITCODE) { throw 'az postgres flexible-server parameter set' }
  az postgres flexible-server restart --resource-group $resourceGroup --name $server
  if ($LASTEXITCODE) { throw 'az postgres flexible-server restart' }
}
