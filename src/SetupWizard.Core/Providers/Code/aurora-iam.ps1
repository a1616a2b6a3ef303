& {
  $region = {{region}}
  $cluster = {{instance}}
  $role = {{role}}
  $user = {{policyUser}}
  $serviceRole = {{serviceRole}}
  $file = [IO.Path]::GetTempFileName()

  @steps open-database turn-on apply
  aws rds modify-db-cluster --region $region --db-cluster-identifier $cluster --enable-iam-database-authentication --apply-immediately --query 'DBCluster.Status' --output text | Out-Host
  if ($LASTEXITCODE) { throw 'aws rds modify-db-cluster' }

  @steps resource-id
  $resource = aws rds describe-db-clusters --region $region --db-cluster-identifier $cluster --query 'DBClusters[0].DbClusterResourceId' --output text
  if ($LASTEXITCODE) { throw 'aws rds describe-db-clusters' }
  $arn = (aws rds describe-db-clusters --region $region --db-cluster-identifier $cluster --query 'DBClusters[0].DBClusterArn' --output text) -split ':'
  if ($LASTEXITCODE) { throw 'aws rds describe-db-clusters' }

  @steps create-role name-role
  @say RoleAlreadyThere
  aws iam get-role --role-name $role 2>&1 | Out-Null
  if ($LASTEXITCODE) {
    [IO.File]::WriteAllText($file, ('{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"' + $serviceRole + '"},"Action":["sts:AssumeRole","sts:TagSession"]}]}'))
    aws iam create-role --role-name $role --assume-role-policy-document "file://$file" --query 'Role.RoleName' --output text | Out-Host
    if ($LASTEXITCODE) { throw 'aws iam create-role' }
  }

  @steps allow-connect
  $resourceArn = 'arn:' + $arn[1] + ':rds-db:' + $region + ':' + $arn[4] + ':dbuser:' + $resource + '/' + $user
  [IO.File]::WriteAllText($file, ('{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["rds-db:connect"],"Resource":"' + $resourceArn + '"}]}'))
  aws iam put-role-policy --role-name $role --policy-name connect-to-database --policy-document "file://$file"
  if ($LASTEXITCODE) { throw 'aws iam put-role-policy' }
  Remove-Item $file

  @steps copy-arn
  aws iam get-role --role-name $role --query 'Role.Arn' --output text
}
