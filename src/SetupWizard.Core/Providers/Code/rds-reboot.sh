bash <<'COMMANDS'
set -euo pipefail
export AWS_PAGER=''
region={{region}}
instance={{instance}}

@steps open-database reboot confirm
aws rds reboot-db-instance --region "$region" --db-instance-identifier "$instance" --query 'DBInstance.DBInstanceStatus' --output text
aws rds wait db-instance-available --region "$region" --db-instance-identifier "$instance"
COMMANDS
