bash <<'COMMANDS'
set -euo pipefail
export AWS_PAGER=''
region={{region}}
cluster={{instance}}
role={{role}}
user={{policyUser}}
service_role={{serviceRole}}

@steps open-database turn-on apply
aws rds modify-db-cluster --region "$region" --db-cluster-identifier "$cluster" --enable-iam-database-authentication --apply-immediately --query 'DBCluster.Status' --output text

@steps resource-id
resource=$(aws rds describe-db-clusters --region "$region" --db-cluster-identifier "$cluster" --query 'DBClusters[0].DbClusterResourceId' --output text)
IFS=: read -r _ partition _ _ account _ <<< "$(aws rds describe-db-clusters --region "$region" --db-cluster-identifier "$cluster" --query 'DBClusters[0].DBClusterArn' --output text)"

@steps create-role name-role
@say RoleAlreadyThere
aws iam get-role --role-name "$role" > /dev/null 2>&1 ||
  aws iam create-role --role-name "$role" --query 'Role.RoleName' --output text \
    --assume-role-policy-document "$(printf '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"%s"},"Action":["sts:AssumeRole","sts:TagSession"]}]}' "$service_role")"

@steps allow-connect
aws iam put-role-policy --role-name "$role" --policy-name connect-to-database \
  --policy-document "$(printf '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["rds-db:connect"],"Resource":"arn:%s:rds-db:%s:%s:dbuser:%s/%s"}]}' "$partition" "$region" "$account" "$resource" "$user")"

@steps copy-arn
aws iam get-role --role-name "$role" --query 'Role.Arn' --output text
COMMANDS
