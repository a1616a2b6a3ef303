bash <<'COMMANDS'
set -euo pipefail
server='shop-prod'
addresses=(
  '18.195.233.217'
  '3.127.86.90'
  '35.157.23.2'
  '18.197.167.47'
  '3.122.25.29'
  '52.28.148.40'
)

# The resource group is looked up. Stops when the server is not in the current subscription.
resource_group=$(az resource list --name "$server" --resource-type Microsoft.DBforPostgreSQL/flexibleServers --query '[0].resourceGroup' --output tsv)
: "${resource_group:?az account set --subscription}"

# Steps 1-3
# Azure CLI 2.86 gave two options new names.
help=$(az postgres flexible-server firewall-rule create --help)
case $help in
  *--rule-name*) server_option=--name rule_option=--rule-name ;;
  *) server_option=--server-name rule_option=--name ;;
esac
for address in "${addresses[@]}"; do
  az postgres flexible-server firewall-rule create --resource-group "$resource_group" "$server_option" "$server" "$rule_option" "clickpipes-${address//./-}" --start-ip-address "$address" --end-ip-address "$address" --output none
done
COMMANDS
