& {
  $server = {{instance}}

  @say AzureGroup
  $resourceGroup = az resource list --name $server --resource-type Microsoft.DBforPostgreSQL/flexibleServers --query '[0].resourceGroup' --output tsv
  if ($LASTEXITCODE -or -not $resourceGroup) { throw 'az account set --subscription' }

  @steps open-server restart confirm
  az postgres flexible-server restart --resource-group $resourceGroup --name $server
  if ($LASTEXITCODE) { throw 'az postgres flexible-server restart' }
}
