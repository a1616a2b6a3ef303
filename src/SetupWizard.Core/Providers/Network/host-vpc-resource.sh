bash <<'COMMANDS'
set -euo pipefail
export AWS_PAGER=''
@say Network.OwnVpc
: "${AWS_REGION:?}" "${VPC_ID:?}" "${SUBNET_IDS:?}"
host={{host}}
port={{port}}
read -ra subnets <<<"${SUBNET_IDS//,/ }"

@steps gateway
group=$(aws ec2 create-security-group --region "$AWS_REGION" --group-name clickpipes-gateway --description 'Resource gateway for ClickPipes' --vpc-id "$VPC_ID" --query GroupId --output text)
gateway=$(aws vpc-lattice create-resource-gateway --region "$AWS_REGION" --name clickpipes-postgres --vpc-identifier "$VPC_ID" --subnet-ids "${subnets[@]}" --security-group-ids "$group" --query id --output text)
until [ "$(aws vpc-lattice get-resource-gateway --region "$AWS_REGION" --resource-gateway-identifier "$gateway" --query status --output text)" = ACTIVE ]; do
  sleep 5
done

@steps configuration
case $host in
  *[!0-9.]*) definition="dnsResource={domainName=$host,ipAddressType=IPV4}" ;;
  *) definition="ipResource={ipAddress=$host}" ;;
esac
read -r configuration arn <<<"$(aws vpc-lattice create-resource-configuration --region "$AWS_REGION" --name clickpipes-postgres --type SINGLE --protocol TCP --port-ranges "$port" --resource-gateway-identifier "$gateway" --resource-configuration-definition "$definition" --query '[id,arn]' --output text)"

@steps share
share=$(aws ram create-resource-share --region "$AWS_REGION" --name clickpipes-postgres --principals 072088201116 --resource-arns "$arn" --allow-external-principals --query resourceShare.resourceShareArn --output text)

@steps open paste
printf 'Security group of the gateway: %s\nResource configuration ID: %s\nResource share ARN: %s\n' "$group" "$configuration" "$share"
COMMANDS
