bash <<'COMMANDS'
set -euo pipefail
server={{instance}}

@say AzureGroup
resource_group=$(az resource list --name "$server" --resource-type Microsoft.DBforPostgreSQL/flexibleServers --query '[0].resourceGroup' --output tsv)
: "${resource_group:?az account set --subscription}"

@steps open-parameters find set save
az postgres flexible-server parameter set --resource-group "$resource_group" --server-name "$server" --name {{setting}} --value {{value}} --output none
@if restart
az postgres flexible-server restart --resource-group "$resource_group" --name "$server"
@end
COMMANDS
