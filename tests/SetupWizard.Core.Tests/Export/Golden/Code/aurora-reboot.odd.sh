bash <<'COMMANDS'
set -euo pipefail
export AWS_PAGER=''
# Put the AWS region of the instance, such as eu-central-1, in place of <region>.
region=$'it\'s "odd" $(id) `id` ${var.x} %{if} $${y} \\ \\\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \xe2\x80\xae\'@\r\n*/ --'
cluster=$'it\'s "odd" $(id) `id` ${var.x} %{if} $${y} \\ \\\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \xe2\x80\xae\'@\r\n*/ --'

# Step 1
# The writer of the cluster is looked up. Reboot the readers afterwards: a failover makes one of
# them the writer.
writer=$(aws rds describe-db-clusters --region "$region" --db-cluster-identifier "$cluster" --query 'DBClusters[0].DBClusterMembers[?IsClusterWriter].DBInstanceIdentifier | [0]' --output text)

# Steps 2-3
aws rds reboot-db-instance --region "$region" --db-instance-identifier "$writer" --query 'DBInstance.DBInstanceStatus' --output text
aws rds wait db-instance-available --region "$region" --db-instance-identifier "$writer"
COMMANDS
