bash <<'COMMANDS'
set -euo pipefail
export AWS_PAGER=''
# Put the AWS region of the instance, such as eu-central-1, in place of <region>.
region=$'it\'s "odd" $(id) `id` ${var.x} %{if} $${y} \\ \\\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \xe2\x80\xae\'@\r\n*/ --'
cluster=$'it\'s "odd" $(id) `id` ${var.x} %{if} $${y} \\ \\\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \xe2\x80\xae\'@\r\n*/ --'
addresses=(
  $'it\'s "odd" $(id) `id` ${var.x} %{if} $${y} \\ \\\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \xe2\x80\xae\'@\r\n*/ --'
  '192.0.2.1'
)

# Steps 1-2
group=$(aws rds describe-db-clusters --region "$region" --db-cluster-identifier "$cluster" --query 'DBClusters[0].VpcSecurityGroups[0].VpcSecurityGroupId' --output text)
port=$(aws rds describe-db-clusters --region "$region" --db-cluster-identifier "$cluster" --query 'DBClusters[0].Port' --output text)

# Steps 3-5
# A rule that is already there stays as it is.
for address in "${addresses[@]}"; do
  said=$(aws ec2 authorize-security-group-ingress --region "$region" --group-id "$group" --ip-permissions "IpProtocol=tcp,FromPort=$port,ToPort=$port,IpRanges=[{CidrIp=$address/32,Description=ClickPipes}]" 2>&1) ||
    case $said in
      *InvalidPermission.Duplicate*) ;;
      *) printf '%s\n' "$said" >&2; exit 1 ;;
    esac
done
COMMANDS
