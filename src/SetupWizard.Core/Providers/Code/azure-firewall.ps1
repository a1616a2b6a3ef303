& {
  $server = {{instance}}
  $addresses = @(
    @each address
    {{address}}
    @end
  )

  @say AzureGroup
  $resourceGroup = az resource list --name $server --resource-type Microsoft.DBforPostgreSQL/flexibleServers --query '[0].resourceGroup' --output tsv
  if ($LASTEXITCODE -or -not $resourceGroup) { throw 'az account set --subscription' }

  @steps open-networking add-rules save
  @say AzureFirewallOptions
  $options = if ("$(az postgres flexible-server firewall-rule create --help)" -like '*--rule-name*') { '--name', '--rule-name' } else { '--server-name', '--name' }
  foreach ($address in $addresses) {
    az postgres flexible-server firewall-rule create --resource-group $resourceGroup $options[0] $server $options[1] ("clickpipes-$address" -replace '\.', '-') --start-ip-address $address --end-ip-address $address --output none
    if ($LASTEXITCODE) { throw 'az postgres flexible-server firewall-rule create' }
  }
}
