bash <<'COMMANDS'
set -euo pipefail
export AWS_PAGER=''
region='eu-central-1'
cluster='shop-prod'
role='clickpipes-postgres'
user='clickpipes_user'
# Put the Service role ID (IAM) that ClickHouse Cloud shows for the service in place of
# <service-role-id>.
service_role='<service-role-id>'

# Steps 1-3
aws rds modify-db-cluster --region "$region" --db-cluster-identifier "$cluster" --enable-iam-database-authentication --apply-immediately --query 'DBCluster.Status' --output text

# Step 4
resource=$(aws rds describe-db-clusters --region "$region" --db-cluster-identifier "$cluster" --query 'DBClusters[0].DbClusterResourceId' --output text)
IFS=: read -r _ partition _ _ account _ <<< "$(aws rds describe-db-clusters --region "$region" --db-cluster-identifier "$cluster" --query 'DBClusters[0].DBClusterArn' --output text)"

# Steps 6-7
# A role that is already there keeps its trust policy.
aws iam get-role --role-name "$role" > /dev/null 2>&1 ||
  aws iam create-role --role-name "$role" --query 'Role.RoleName' --output text \
    --assume-role-policy-document "$(printf '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"%s"},"Action":["sts:AssumeRole","sts:TagSession"]}]}' "$service_role")"

# Step 8
aws iam put-role-policy --role-name "$role" --policy-name connect-to-database \
  --policy-document "$(printf '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["rds-db:connect"],"Resource":"arn:%s:rds-db:%s:%s:dbuser:%s/%s"}]}' "$partition" "$region" "$account" "$resource" "$user")"

# Step 9
aws iam get-role --role-name "$role" --query 'Role.Arn' --output text
COMMANDS
