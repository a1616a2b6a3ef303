bash <<'COMMANDS'
set -euo pipefail
export AWS_PAGER=''
region='eu-central-1'
instance='shop-prod'

# Steps 1-3
aws rds reboot-db-instance --region "$region" --db-instance-identifier "$instance" --query 'DBInstance.DBInstanceStatus' --output text
aws rds wait db-instance-available --region "$region" --db-instance-identifier "$instance"
COMMANDS
