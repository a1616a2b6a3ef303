bash <<'COMMANDS'
set -euo pipefail
server='shop-prod'

# The resource group is looked up. Stops when the server is not in the current subscription.
resource_group=$(az resource list --name "$server" --resource-type Microsoft.DBforPostgreSQL/flexibleServers --query '[0].resourceGroup' --output tsv)
: "${resource_group:?az account set --subscription}"

# Steps 1-4
az postgres flexible-server parameter set --resource-group "$resource_group" --server-name "$server" --name 'max_worker_processes' --value '16' --output none
az postgres flexible-server restart --resource-group "$resource_group" --name "$server"
COMMANDS
