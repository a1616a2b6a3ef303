bash <<'COMMANDS'
set -euo pipefail
export AWS_PAGER=''
region={{region}}
cluster={{instance}}

@steps open-database
@say AuroraWriter
writer=$(aws rds describe-db-clusters --region "$region" --db-cluster-identifier "$cluster" --query 'DBClusters[0].DBClusterMembers[?IsClusterWriter].DBInstanceIdentifier | [0]' --output text)

@steps reboot confirm
aws rds reboot-db-instance --region "$region" --db-instance-identifier "$writer" --query 'DBInstance.DBInstanceStatus' --output text
aws rds wait db-instance-available --region "$region" --db-instance-identifier "$writer"
COMMANDS
