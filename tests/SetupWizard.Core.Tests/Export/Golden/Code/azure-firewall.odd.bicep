// Save this file and deploy it:
// Put the AWS region of the instance, such as eu-central-1, in place of <region>.
//   az deployment group create --resource-group "$(az resource list --name $'it\'s "odd" $(id) `id` ${var.x} %{if} $${y} \\ \\\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \xe2\x80\xae\'@\r\n*/ --' --resource-type Microsoft.DBforPostgreSQL/flexibleServers --query '[0].resourceGroup' --output tsv)" --template-file 'azure-firewall.bicep'
// Step 1
resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2024-08-01' existing = {
  name: 'it\'s "odd" $(id) `id` \${var.x} %{if} $\${y} \\ \\\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \u{202e}\'@\r\n*/ --'
}

// Steps 2-3
var addresses = [
  'it\'s "odd" $(id) `id` \${var.x} %{if} $\${y} \\ \\\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \u{202e}\'@\r\n*/ --'
  '192.0.2.1'
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
