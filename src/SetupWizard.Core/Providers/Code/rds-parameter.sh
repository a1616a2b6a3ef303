bash <<'COMMANDS'
set -euo pipefail
export AWS_PAGER=''
region={{region}}
instance={{instance}}
group={{group}}

@steps open-database open-group
@say RdsGroupInUse
current=$(aws rds describe-db-instances --region "$region" --db-instance-identifier "$instance" --query 'DBInstances[0].DBParameterGroups[0].DBParameterGroupName' --output text)
case $current in
  default.*)
    version=$(aws rds describe-db-instances --region "$region" --db-instance-identifier "$instance" --query 'DBInstances[0].EngineVersion' --output text)
    family=$(aws rds describe-db-engine-versions --region "$region" --engine postgres --engine-version "$version" --query 'DBEngineVersions[0].DBParameterGroupFamily' --output text)
    aws rds describe-db-parameter-groups --region "$region" --db-parameter-group-name "$group" > /dev/null 2>&1 ||
      aws rds create-db-parameter-group --region "$region" --db-parameter-group-name "$group" --db-parameter-group-family "$family" --description 'Parameters for ClickPipes'
    ;;
  *) group=$current ;;
esac

@steps edit save
@if restart
aws rds modify-db-parameter-group --region "$region" --db-parameter-group-name "$group" --parameters {{"ParameterName={setting:aws},ParameterValue={value:aws},ApplyMethod=pending-reboot"}}
@end
@if immediate
aws rds modify-db-parameter-group --region "$region" --db-parameter-group-name "$group" --parameters {{"ParameterName={setting:aws},ParameterValue={value:aws},ApplyMethod=immediate"}}
@end
if [ "$group" != "$current" ]; then
  aws rds modify-db-instance --region "$region" --db-instance-identifier "$instance" --db-parameter-group-name "$group" --apply-immediately --query 'DBInstance.DBParameterGroups' --output text
fi

@steps apply
@if restart
reboot=yes
@end
@if immediate
@say RdsNewGroupReboot
reboot=no
[ "$group" = "$current" ] || reboot=yes
@end
if [ "$reboot" = yes ]; then
  for attempt in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    status=$(aws rds describe-db-instances --region "$region" --db-instance-identifier "$instance" --query 'DBInstances[0].DBParameterGroups[0].ParameterApplyStatus' --output text)
    [ "$status" != pending-reboot ] || break
    sleep 15
  done
  aws rds wait db-instance-available --region "$region" --db-instance-identifier "$instance"
  aws rds reboot-db-instance --region "$region" --db-instance-identifier "$instance" --query 'DBInstance.DBInstanceStatus' --output text
  aws rds wait db-instance-available --region "$region" --db-instance-identifier "$instance"
fi
COMMANDS
