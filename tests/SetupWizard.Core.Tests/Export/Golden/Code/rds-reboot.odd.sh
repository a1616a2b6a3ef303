bash <<'COMMANDS'
set -euo pipefail
export AWS_PAGER=''
# Put the AWS region of the instance, such as eu-central-1, in place of <region>.
region=$'it\'s "odd" $(id) `id` ${var.x} %{if} $${y} \\ \\\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \xe2\x80\xae\'@\r\n*/ --'
instance=$'it\'s "odd" $(id) `id` ${var.x} %{if} $${y} \\ \\\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \xe2\x80\xae\'@\r\n*/ --'

# Steps 1-3
aws rds reboot-db-instance --region "$region" --db-instance-identifier "$instance" --query 'DBInstance.DBInstanceStatus' --output text
aws rds wait db-instance-available --region "$region" --db-instance-identifier "$instance"
COMMANDS
