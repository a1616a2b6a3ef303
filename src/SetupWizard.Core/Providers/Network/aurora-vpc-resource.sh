bash <<'COMMANDS'
set -euo pipefail
export AWS_PAGER=''
region={{region}}
cluster={{instance}}

ask() {
  aws rds describe-db-clusters --region "$region" --db-cluster-identifier "$cluster" --query "DBClusters[0].$1" --output text
}

ask_instances() {
  aws rds describe-db-instances --region "$region" --filters "Name=db-cluster-id,Values=$cluster" --query "$1" --output text
}

@steps not-public
public=$(ask_instances 'DBInstances[?PubliclyAccessible].DBInstanceIdentifier')
if [ -n "$public" ]; then
  printf '%s\n' "$public: publicly accessible, AWS makes no resource configuration for it" >&2
  exit 1
fi

@steps gateway
vpc=$(ask_instances 'DBInstances[0].DBSubnetGroup.VpcId')
read -ra subnets <<<"$(ask_instances 'DBInstances[0].DBSubnetGroup.Subnets[].SubnetIdentifier')"
group=$(ask 'VpcSecurityGroups[0].VpcSecurityGroupId')
port=$(ask Port)
@include vpc-gateway.sh

@steps configuration
arn=$(ask DBClusterArn)
@include vpc-share.sh
COMMANDS
