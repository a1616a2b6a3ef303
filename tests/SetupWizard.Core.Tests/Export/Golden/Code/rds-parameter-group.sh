bash <<'COMMANDS'
set -euo pipefail
export AWS_PAGER=''
region='eu-central-1'
instance='shop-prod'
group='shop-prod-clickpipes'

# A parameter group of your own stays in use with all its settings. Only AWS's default group, which
# cannot be edited, is replaced by a new one.
current=$(aws rds describe-db-instances --region "$region" --db-instance-identifier "$instance" --query 'DBInstances[0].DBParameterGroups[0].DBParameterGroupName' --output text)

# Steps 1-3
case $current in
  default.*)
    version=$(aws rds describe-db-instances --region "$region" --db-instance-identifier "$instance" --query 'DBInstances[0].EngineVersion' --output text)
    family=$(aws rds describe-db-engine-versions --region "$region" --engine postgres --engine-version "$version" --query 'DBEngineVersions[0].DBParameterGroupFamily' --output text)
    aws rds describe-db-parameter-groups --region "$region" --db-parameter-group-name "$group" > /dev/null 2>&1 ||
      aws rds create-db-parameter-group --region "$region" --db-parameter-group-name "$group" --db-parameter-group-family "$family" --description 'Logical replication for ClickPipes'
    ;;
  *) group=$current ;;
esac

# Steps 4-6
aws rds modify-db-parameter-group --region "$region" --db-parameter-group-name "$group" --parameters 'ParameterName=rds.logical_replication,ParameterValue=1,ApplyMethod=pending-reboot' 'ParameterName=wal_sender_timeout,ParameterValue=0,ApplyMethod=immediate'

# Steps 7-9
if [ "$group" != "$current" ]; then
  aws rds modify-db-instance --region "$region" --db-instance-identifier "$instance" --db-parameter-group-name "$group" --apply-immediately --query 'DBInstance.DBParameterGroups' --output text
fi
for attempt in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  status=$(aws rds describe-db-instances --region "$region" --db-instance-identifier "$instance" --query 'DBInstances[0].DBParameterGroups[0].ParameterApplyStatus' --output text)
  [ "$status" != pending-reboot ] || break
  sleep 15
done

# Step 10
aws rds wait db-instance-available --region "$region" --db-instance-identifier "$instance"
aws rds reboot-db-instance --region "$region" --db-instance-identifier "$instance" --query 'DBInstance.DBInstanceStatus' --output text
aws rds wait db-instance-available --region "$region" --db-instance-identifier "$instance"
COMMANDS
