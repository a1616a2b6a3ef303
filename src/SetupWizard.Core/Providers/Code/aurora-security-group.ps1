& {
  $region = {{region}}
  $cluster = {{instance}}
  $addresses = @(
    @each address
    {{address}}
    @end
  )

  @steps open-database open-security-group
  $group = aws rds describe-db-clusters --region $region --db-cluster-identifier $cluster --query 'DBClusters[0].VpcSecurityGroups[0].VpcSecurityGroupId' --output text
  if ($LASTEXITCODE) { throw 'aws rds describe-db-clusters' }
  $port = aws rds describe-db-clusters --region $region --db-cluster-identifier $cluster --query 'DBClusters[0].Port' --output text
  if ($LASTEXITCODE) { throw 'aws rds describe-db-clusters' }

  @steps edit-inbound add-rules save
  @say AlreadyThere
  foreach ($address in $addresses) {
    $said = aws ec2 authorize-security-group-ingress --region $region --group-id $group --ip-permissions "IpProtocol=tcp,FromPort=$port,ToPort=$port,IpRanges=[{CidrIp=$address/32,Description=ClickPipes}]" 2>&1
    if ($LASTEXITCODE -and "$said" -notlike '*InvalidPermission.Duplicate*') { throw "$said" }
  }
}
