bash <<'COMMANDS'
set -euo pipefail
# Put the AWS region of the instance, such as eu-central-1, in place of <region>.
server=$'it\'s "odd" $(id) `id` ${var.x} %{if} $${y} \\ \\\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \xe2\x80\xae\'@\r\n*/ --'
addresses=(
  $'it\'s "odd" $(id) `id` ${var.x} %{if} $${y} \\ \\\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \xe2\x80\xae\'@\r\n*/ --'
  '192.0.2.1'
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
