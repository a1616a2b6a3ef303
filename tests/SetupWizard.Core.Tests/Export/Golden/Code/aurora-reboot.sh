bash <<'COMMANDS'
set -euo pipefail
export AWS_PAGER=''
region='eu-central-1'
cluster='shop-prod'

# Step 1
# The writer of the cluster is looked up. Reboot the readers afterwards: a failover makes one of
# them the writer.
writer=$(aws rds describe-db-clusters --region "$region" --db-cluster-identifier "$cluster" --query 'DBClusters[0].DBClusterMembers[?IsClusterWriter].DBInstanceIdentifier | [0]' --output text)

# Steps 2-3
aws rds reboot-db-instance --region "$region" --db-instance-identifier "$writer" --query 'DBInstance.DBInstanceStatus' --output text
aws rds wait db-instance-available --region "$region" --db-instance-identifier "$writer"
COMMANDS
