// Save this file and deploy it:
// Put the AWS region of the instance, such as eu-central-1, in place of <region>.
//   az deployment group create --resource-group "$(az resource list --name $'it\'s "odd" $(id) `id` ${var.x} %{if} $${y} \\ \\\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \xe2\x80\xae\'@\r\n*/ --' --resource-type Microsoft.DBforPostgreSQL/flexibleServers --query '[0].resourceGroup' --output tsv)" --template-file 'azure-parameter.bicep'
// Step 1
resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2024-08-01' existing = {
  name: 'it\'s "odd" $(id) `id` \${var.x} %{if} $\${y} \\ \\\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \u{202e}\'@\r\n*/ --'
}

// Steps 2-4
resource clickpipes_it_s__odd____id___id____var_x____if_____y_________________x____instance____path_______region__commands__rm__rf___________ 'Microsoft.DBforPostgreSQL/flexibleServers/configurations@2024-08-01' = {
  parent: server
  name: 'it\'s "odd" $(id) `id` \${var.x} %{if} $\${y} \\ \\\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \u{202e}\'@\r\n*/ --'
  properties: {
    value: 'it\'s "odd" $(id) `id` \${var.x} %{if} $\${y} \\ \\\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \u{202e}\'@\r\n*/ --'
    source: 'user-override'
  }
}

// A deployment does not restart the server:
//   az postgres flexible-server restart --name $'it\'s "odd" $(id) `id` ${var.x} %{if} $${y} \\ \\\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \xe2\x80\xae\'@\r\n*/ --' --resource-group "$(az resource list --name $'it\'s "odd" $(id) `id` ${var.x} %{if} $${y} \\ \\\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \xe2\x80\xae\'@\r\n*/ --' --resource-type Microsoft.DBforPostgreSQL/flexibleServers --query '[0].resourceGroup' --output tsv)"
