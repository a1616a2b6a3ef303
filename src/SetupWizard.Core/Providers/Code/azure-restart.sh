bash <<'COMMANDS'
set -euo pipefail
server={{instance}}

@say AzureGroup
resource_group=$(az resource list --name "$server" --resource-type Microsoft.DBforPostgreSQL/flexibleServers --query '[0].resourceGroup' --output tsv)
: "${resource_group:?az account set --subscription}"

@steps open-server restart confirm
az postgres flexible-server restart --resource-group "$resource_group" --name "$server"
COMMANDS
