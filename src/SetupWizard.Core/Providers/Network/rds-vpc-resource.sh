bash <<'COMMANDS'
set -euo pipefail
export AWS_PAGER=''
region={{region}}
instance={{instance}}

ask() {
  aws rds describe-db-instances --region "$region" --db-instance-identifier "$instance" --query "DBInstances[0].$1" --output text
}

@steps not-public
if [ "$(ask PubliclyAccessible)" = True ]; then
  printf '%s\n' "$instance is publicly accessible: AWS makes no resource configuration for it" >&2
  exit 1
fi

@steps gateway
vpc=$(ask DBSubnetGroup.VpcId)
read -ra subnets <<<"$(ask 'DBSubnetGroup.Subnets[].SubnetIdentifier')"
group=$(ask 'VpcSecurityGroups[0].VpcSecurityGroupId')
port=$(ask Endpoint.Port)
gateway_group=$(aws ec2 create-security-group --region "$region" --group-name clickpipes-gateway --description 'Resource gateway for ClickPipes' --vpc-id "$vpc" --query GroupId --output text)
gateway=$(aws vpc-lattice create-resource-gateway --region "$region" --name clickpipes-postgres --vpc-identifier "$vpc" --subnet-ids "${subnets[@]}" --security-group-ids "$gateway_group" --query id --output text)
until [ "$(aws vpc-lattice get-resource-gateway --region "$region" --resource-gateway-identifier "$gateway" --query status --output text)" = ACTIVE ]; do
  sleep 5
done

@steps database-group
aws ec2 authorize-security-group-ingress --region "$region" --group-id "$group" --ip-permissions "IpProtocol=tcp,FromPort=$port,ToPort=$port,UserIdGroupPairs=[{GroupId=$gateway_group,Description=ClickPipes}]" --output text >/dev/null

@steps configuration
arn=$(ask DBInstanceArn)
read -r configuration configuration_arn <<<"$(aws vpc-lattice create-resource-configuration --region "$region" --name clickpipes-postgres --type ARN --resource-gateway-identifier "$gateway" --resource-configuration-definition "arnResource={arn=$arn}" --query '[id,arn]' --output text)"

@steps share
share=$(aws ram create-resource-share --region "$region" --name clickpipes-postgres --principals 072088201116 --resource-arns "$configuration_arn" --allow-external-principals --query resourceShare.resourceShareArn --output text)

@steps paste
printf 'Resource configuration ID: %s\nResource share ARN: %s\n' "$configuration" "$share"
COMMANDS
