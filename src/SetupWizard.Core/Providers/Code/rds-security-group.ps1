& {
  $region = {{region}}
  $instance = {{instance}}
  $addresses = @(
    @each address
    {{address}}
    @end
  )

  @steps open-database open-security-group
  $group = aws rds describe-db-instances --region $region --db-instance-identifier $instance --query 'DBInstances[0].VpcSecurityGroups[0].VpcSecurityGroupId' --output text
  if ($LASTEXITCODE) { throw 'aws rds describe-db-instances' }
  $port = aws rds describe-db-instances --region $region --db-instance-identifier $instance --query 'DBInstances[0].Endpoint.Port' --output text
  if ($LASTEXITCODE) { throw 'aws rds describe-db-instances' }

  @steps edit-inbound add-rules save
  @say AlreadyThere
  foreach ($address in $addresses) {
    $said = aws ec2 authorize-security-group-ingress --region $region --group-id $group --ip-permissions "IpProtocol=tcp,FromPort=$port,ToPort=$port,IpRanges=[{CidrIp=$address/32,Description=ClickPipes}]" 2>&1
    if ($LASTEXITCODE -and "$said" -notlike '*InvalidPermission.Duplicate*') { throw "$said" }
  }
}
