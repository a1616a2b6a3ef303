bash <<'COMMANDS'
set -euo pipefail
export AWS_PAGER=''
region='eu-central-1'
cluster='shop-prod'
group='shop-prod-clickpipes'

ask() {
  aws rds describe-db-clusters --region "$region" --db-cluster-identifier "$cluster" --query "DBClusters[0].$1" --output text
}

# A parameter group of your own stays in use with all its settings. Only AWS's default group, which
# cannot be edited, is replaced by a new one.
current=$(ask DBClusterParameterGroup)

# Steps 1-3
case $current in
  default.*)
    version=$(ask EngineVersion)
    family=$(aws rds describe-db-engine-versions --region "$region" --engine aurora-postgresql --engine-version "$version" --query 'DBEngineVersions[0].DBParameterGroupFamily' --output text)
    aws rds describe-db-cluster-parameter-groups --region "$region" --db-cluster-parameter-group-name "$group" > /dev/null 2>&1 ||
      aws rds create-db-cluster-parameter-group --region "$region" --db-cluster-parameter-group-name "$group" --db-parameter-group-family "$family" --description 'Logical replication for ClickPipes'
    ;;
  *) group=$current ;;
esac

# Steps 4-5
aws rds modify-db-cluster-parameter-group --region "$region" --db-cluster-parameter-group-name "$group" --parameters 'ParameterName=rds.logical_replication,ParameterValue=1,ApplyMethod=pending-reboot'

# Steps 6-8
if [ "$group" != "$current" ]; then
  aws rds modify-db-cluster --region "$region" --db-cluster-identifier "$cluster" --db-cluster-parameter-group-name "$group" --apply-immediately --query 'DBCluster.DBClusterParameterGroup' --output text
fi
for attempt in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  status=$(ask 'DBClusterMembers[?IsClusterWriter].DBClusterParameterGroupStatus | [0]')
  [ "$status" != pending-reboot ] || break
  sleep 15
done

# Step 9
# The writer of the cluster is looked up. Reboot the readers afterwards: a failover makes one of
# them the writer.
writer=$(ask 'DBClusterMembers[?IsClusterWriter].DBInstanceIdentifier | [0]')
aws rds wait db-instance-available --region "$region" --db-instance-identifier "$writer"
aws rds reboot-db-instance --region "$region" --db-instance-identifier "$writer" --query 'DBInstance.DBInstanceStatus' --output text
aws rds wait db-instance-available --region "$region" --db-instance-identifier "$writer"
COMMANDS
