& {
  # Put the AWS region of the instance, such as eu-central-1, in place of <region>.
  $server = ('it''s "odd" $(id) `id` ${var.x} %{if} $${y} \ \'' 주문📦 ’’; #{x} {{instance}} %PATH% & | <region>' + [char]::ConvertFromUtf32(10) + 'COMMANDS' + [char]::ConvertFromUtf32(10) + [char]::ConvertFromUtf32(9) + 'rm -rf ' + [char]::ConvertFromUtf32(8238) + '''@' + [char]::ConvertFromUtf32(13) + [char]::ConvertFromUtf32(10) + '*/ --')
  $addresses = @(
    ('it''s "odd" $(id) `id` ${var.x} %{if} $${y} \ \'' 주문📦 ’’; #{x} {{instance}} %PATH% & | <region>' + [char]::ConvertFromUtf32(10) + 'COMMANDS' + [char]::ConvertFromUtf32(10) + [char]::ConvertFromUtf32(9) + 'rm -rf ' + [char]::ConvertFromUtf32(8238) + '''@' + [char]::ConvertFromUtf32(13) + [char]::ConvertFromUtf32(10) + '*/ --')
    '192.0.2.1'
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
