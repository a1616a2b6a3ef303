& {
  # Put the AWS region of the instance, such as eu-central-1, in place of <region>.
  $server = ('it''s "odd" $(id) `id` ${var.x} %{if} $${y} \ \'' 주문📦 ’’; #{x} {{instance}} %PATH% & | <region>' + [char]::ConvertFromUtf32(10) + 'COMMANDS' + [char]::ConvertFromUtf32(10) + [char]::ConvertFromUtf32(9) + 'rm -rf ' + [char]::ConvertFromUtf32(8238) + '''@' + [char]::ConvertFromUtf32(13) + [char]::ConvertFromUtf32(10) + '*/ --')

  # The resource group is looked up. Stops when the server is not in the current subscription.
  $resourceGroup = az resource list --name $server --resource-type Microsoft.DBforPostgreSQL/flexibleServers --query '[0].resourceGroup' --output tsv
  if ($LASTEXITCODE -or -not $resourceGroup) { throw 'az account set --subscription' }

  # Steps 1-3
  az postgres flexible-server restart --resource-group $resourceGroup --name $server
  if ($LASTEXITCODE) { throw 'az postgres flexible-server restart' }
}
