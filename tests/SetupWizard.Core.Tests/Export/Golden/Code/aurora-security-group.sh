bash <<'COMMANDS'
set -euo pipefail
export AWS_PAGER=''
region='eu-central-1'
cluster='shop-prod'
addresses=(
  '18.195.233.217'
  '3.127.86.90'
  '35.157.23.2'
  '18.197.167.47'
  '3.122.25.29'
  '52.28.148.40'
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
