bash <<'COMMANDS'
set -euo pipefail
export AWS_PAGER=''
region={{region}}
cluster={{instance}}
addresses=(
  @each address
  {{address}}
  @end
)

@steps open-database open-security-group
group=$(aws rds describe-db-clusters --region "$region" --db-cluster-identifier "$cluster" --query 'DBClusters[0].VpcSecurityGroups[0].VpcSecurityGroupId' --output text)
port=$(aws rds describe-db-clusters --region "$region" --db-cluster-identifier "$cluster" --query 'DBClusters[0].Port' --output text)

@steps edit-inbound add-rules save
@say AlreadyThere
for address in "${addresses[@]}"; do
  said=$(aws ec2 authorize-security-group-ingress --region "$region" --group-id "$group" --ip-permissions "IpProtocol=tcp,FromPort=$port,ToPort=$port,IpRanges=[{CidrIp=$address/32,Description=ClickPipes}]" 2>&1) ||
    case $said in
      *InvalidPermission.Duplicate*) ;;
      *) printf '%s\n' "$said" >&2; exit 1 ;;
    esac
done
COMMANDS
