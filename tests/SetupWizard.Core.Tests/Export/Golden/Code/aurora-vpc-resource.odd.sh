bash <<'COMMANDS'
set -euo pipefail
export AWS_PAGER=''
# Put the AWS region of the instance, such as eu-central-1, in place of <region>.
region=$'it\'s "odd" $(id) `id` ${var.x} %{if} $${y} \\ \\\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \xe2\x80\xae\'@\r\n*/ --'
cluster=$'it\'s "odd" $(id) `id` ${var.x} %{if} $${y} \\ \\\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \xe2\x80\xae\'@\r\n*/ --'

ask() {
  aws rds describe-db-clusters --region "$region" --db-cluster-identifier "$cluster" --query "DBClusters[0].$1" --output text
}

ask_instances() {
  aws rds describe-db-instances --region "$region" --filters "Name=db-cluster-id,Values=$cluster" --query "$1" --output text
}

# Step 1
public=$(ask_instances 'DBInstances[?PubliclyAccessible].DBInstanceIdentifier')
if [ -n "$public" ]; then
  printf '%s\n' "$public: publicly accessible, AWS makes no resource configuration for it" >&2
  exit 1
fi

# Step 2
vpc=$(ask_instances 'DBInstances[0].DBSubnetGroup.VpcId')
read -ra subnets <<<"$(ask_instances 'DBInstances[0].DBSubnetGroup.Subnets[].SubnetIdentifier')"
group=$(ask 'VpcSecurityGroups[0].VpcSecurityGroupId')
port=$(ask Port)
gateway_group=$(aws ec2 create-security-group --region "$region" --group-name clickpipes-gateway --description 'Resource gateway for ClickPipes' --vpc-id "$vpc" --query GroupId --output text)
gateway=$(aws vpc-lattice create-resource-gateway --region "$region" --name clickpipes-postgres --vpc-identifier "$vpc" --subnet-ids "${subnets[@]}" --security-group-ids "$gateway_group" --query id --output text)
until [ "$(aws vpc-lattice get-resource-gateway --region "$region" --resource-gateway-identifier "$gateway" --query status --output text)" = ACTIVE ]; do
  sleep 5
done

# Step 3
aws ec2 authorize-security-group-ingress --region "$region" --group-id "$group" --ip-permissions "IpProtocol=tcp,FromPort=$port,ToPort=$port,UserIdGroupPairs=[{GroupId=$gateway_group,Description=ClickPipes}]" --output text >/dev/null

# Step 4
arn=$(ask DBClusterArn)
read -r configuration configuration_arn <<<"$(aws vpc-lattice create-resource-configuration --region "$region" --name clickpipes-postgres --type ARN --resource-gateway-identifier "$gateway" --resource-configuration-definition "arnResource={arn=$arn}" --query '[id,arn]' --output text)"

# Step 5
share=$(aws ram create-resource-share --region "$region" --name clickpipes-postgres --principals 072088201116 --resource-arns "$configuration_arn" --allow-external-principals --query resourceShare.resourceShareArn --output text)

# Step 6
printf 'Resource configuration ID: %s\nResource share ARN: %s\n' "$configuration" "$share"
COMMANDS
