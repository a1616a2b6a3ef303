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
@include vpc-gateway.sh

@steps configuration
arn=$(ask DBInstanceArn)
@include vpc-share.sh
COMMANDS
