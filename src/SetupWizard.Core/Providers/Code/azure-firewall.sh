bash <<'COMMANDS'
set -euo pipefail
server={{instance}}
addresses=(
  @each address
  {{address}}
  @end
)

@say AzureGroup
resource_group=$(az resource list --name "$server" --resource-type Microsoft.DBforPostgreSQL/flexibleServers --query '[0].resourceGroup' --output tsv)
: "${resource_group:?az account set --subscription}"

@steps open-networking add-rules save
@say AzureFirewallOptions
help=$(az postgres flexible-server firewall-rule create --help)
case $help in
  *--rule-name*) server_option=--name rule_option=--rule-name ;;
  *) server_option=--server-name rule_option=--name ;;
esac
for address in "${addresses[@]}"; do
  az postgres flexible-server firewall-rule create --resource-group "$resource_group" "$server_option" "$server" "$rule_option" "clickpipes-${address//./-}" --start-ip-address "$address" --end-ip-address "$address" --output none
done
COMMANDS
