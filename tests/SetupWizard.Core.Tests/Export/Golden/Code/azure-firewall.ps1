& {
  $server = 'shop-prod'
  $addresses = @(
    '18.195.233.217'
    '3.127.86.90'
    '35.157.23.2'
    '18.197.167.47'
    '3.122.25.29'
    '52.28.148.40'
  )

  # The resource group is looked up. Stops when the server is not in the current subscription.
  $resourceGroup = az resource list --name $server --resource-type Microsoft.DBforPostgreSQL/flexibleServers --query '[0].resourceGroup' --output tsv
  if ($LASTEXITCODE -or -not $resourceGroup) { throw 'az account set --subscription' }

  # Steps 1-3
  # Azure CLI 2.86 gave two options new names.
  $options = if ("$(az postgres flexible-server firewall-rule create --help)" -like '*--rule-name*') { '--name', '--rule-name' } else { '--server-name', '--name' }
  foreach ($address in $addresses) {
    az postgres flexible-server firewall-rule create --resource-group $resourceGroup $options[0] $server $options[1] ("clickpipes-$address" -replace '\.', '-') --start-ip-address $address --end-ip-address $address --output none
    if ($LASTEXITCODE) { throw 'az postgres flexible-server firewall-rule create' }
  }
}
