bash <<'COMMANDS'
set -euo pipefail
export AWS_PAGER=''
# Export these first: the region, the VPC and the subnets (with commas between them) of the server.
: "${AWS_REGION:?}" "${VPC_ID:?}" "${SUBNET_IDS:?}"
# Put the AWS region of the instance, such as eu-central-1, in place of <region>.
host=$'it\'s "odd" $(id) `id` ${var.x} %{if} $${y} \\ \\\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \xe2\x80\xae\'@\r\n*/ --'
port=$'it\'s "odd" $(id) `id` ${var.x} %{if} $${y} \\ \\\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \xe2\x80\xae\'@\r\n*/ --'
read -ra subnets <<<"${SUBNET_IDS//,/ }"

# Step 1
group=$(aws ec2 create-security-group --region "$AWS_REGION" --group-name clickpipes-gateway --description 'Resource gateway for ClickPipes' --vpc-id "$VPC_ID" --query GroupId --output text)
gateway=$(aws vpc-lattice create-resource-gateway --region "$AWS_REGION" --name clickpipes-postgres --vpc-identifier "$VPC_ID" --subnet-ids "${subnets[@]}" --security-group-ids "$group" --query id --output text)
until [ "$(aws vpc-lattice get-resource-gateway --region "$AWS_REGION" --resource-gateway-identifier "$gateway" --query status --output text)" = ACTIVE ]; do
  sleep 5
done

# Step 3
case $host in
  *[!0-9.]*) definition="dnsResource={domainName=$host,ipAddressType=IPV4}" ;;
  *) definition="ipResource={ipAddress=$host}" ;;
esac
read -r configuration arn <<<"$(aws vpc-lattice create-resource-configuration --region "$AWS_REGION" --name clickpipes-postgres --type SINGLE --protocol TCP --port-ranges "$port" --resource-gateway-identifier "$gateway" --resource-configuration-definition "$definition" --query '[id,arn]' --output text)"

# Step 4
share=$(aws ram create-resource-share --region "$AWS_REGION" --name clickpipes-postgres --principals 072088201116 --resource-arns "$arn" --allow-external-principals --query resourceShare.resourceShareArn --output text)

# Steps 2, 5
printf 'Security group of the gateway: %s\nResource configuration ID: %s\nResource share ARN: %s\n' "$group" "$configuration" "$share"
COMMANDS
