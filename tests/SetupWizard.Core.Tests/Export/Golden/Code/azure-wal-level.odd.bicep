// Save this file and deploy it:
// Put the AWS region of the instance, such as eu-central-1, in place of <region>.
//   az deployment group create --resource-group "$(az resource list --name $'it\'s "odd" $(id) `id` ${var.x} %{if} $${y} \\ \\\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \xe2\x80\xae\'@\r\n*/ --' --resource-type Microsoft.DBforPostgreSQL/flexibleServers --query '[0].resourceGroup' --output tsv)" --template-file 'azure-wal-level.bicep'
// Step 1
resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2024-08-01' existing = {
  name: 'it\'s "odd" $(id) `id` \${var.x} %{if} $\${y} \\ \\\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \u{202e}\'@\r\n*/ --'
}

// Steps 2-4
resource walLevel 'Microsoft.DBforPostgreSQL/flexibleServers/configurations@2024-08-01' = {
  parent: server
  name: 'wal_level'
  properties: {
    value: 'logical'
    source: 'user-override'
  }
}

// Step 5
// A deployment does not restart the server:
//   az postgres flexible-server restart --name $'it\'s "odd" $(id) `id` ${var.x} %{if} $${y} \\ \\\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \xe2\x80\xae\'@\r\n*/ --' --resource-group "$(az resource list --name $'it\'s "odd" $(id) `id` ${var.x} %{if} $${y} \\ \\\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \xe2\x80\xae\'@\r\n*/ --' --resource-type Microsoft.DBforPostgreSQL/flexibleServers --query '[0].resourceGroup' --output tsv)"
