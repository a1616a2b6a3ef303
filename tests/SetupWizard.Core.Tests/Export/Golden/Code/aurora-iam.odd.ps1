& {
  # Put the AWS region of the instance, such as eu-central-1, in place of <region>.
  $region = ('it''s "odd" $(id) `id` ${var.x} %{if} $${y} \ \'' 주문📦 ’’; #{x} {{instance}} %PATH% & | <region>' + [char]::ConvertFromUtf32(10) + 'COMMANDS' + [char]::ConvertFromUtf32(10) + [char]::ConvertFromUtf32(9) + 'rm -rf ' + [char]::ConvertFromUtf32(8238) + '''@' + [char]::ConvertFromUtf32(13) + [char]::ConvertFromUtf32(10) + '*/ --')
  $cluster = ('it''s "odd" $(id) `id` ${var.x} %{if} $${y} \ \'' 주문📦 ’’; #{x} {{instance}} %PATH% & | <region>' + [char]::ConvertFromUtf32(10) + 'COMMANDS' + [char]::ConvertFromUtf32(10) + [char]::ConvertFromUtf32(9) + 'rm -rf ' + [char]::ConvertFromUtf32(8238) + '''@' + [char]::ConvertFromUtf32(13) + [char]::ConvertFromUtf32(10) + '*/ --')
  $role = 'clickpipes-postgres'
  $user = ('it''s \"odd\" ${$}(id) `id` ${$}{var.x} %{if} ${$}${$}{y} \\ \\'' 주문\uD83D\uDCE6 ’’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf ' + [char]::ConvertFromUtf32(8238) + '''@\r\n${*}/ --')
  # Put the Service role ID (IAM) that ClickHouse Cloud shows for the service in place of
  # <service-role-id>.
  $serviceRole = '<service-role-id>'
  $file = [IO.Path]::GetTempFileName()

  # Steps 1-3
  aws rds modify-db-cluster --region $region --db-cluster-identifier $cluster --enable-iam-database-authentication --apply-immediately --query 'DBCluster.Status' --output text | Out-Host
  if ($LASTEXITCODE) { throw 'aws rds modify-db-cluster' }

  # Step 4
  $resource = aws rds describe-db-clusters --region $region --db-cluster-identifier $cluster --query 'DBClusters[0].DbClusterResourceId' --output text
  if ($LASTEXITCODE) { throw 'aws rds describe-db-clusters' }
  $arn = (aws rds describe-db-clusters --region $region --db-cluster-identifier $cluster --query 'DBClusters[0].DBClusterArn' --output text) -split ':'
  if ($LASTEXITCODE) { throw 'aws rds describe-db-clusters' }

  # Steps 6-7
  # A role that is already there keeps its trust policy.
  aws iam get-role --role-name $role 2>&1 | Out-Null
  if ($LASTEXITCODE) {
    [IO.File]::WriteAllText($file, ('{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"' + $serviceRole + '"},"Action":["sts:AssumeRole","sts:TagSession"]}]}'))
    aws iam create-role --role-name $role --assume-role-policy-document "file://$file" --query 'Role.RoleName' --output text | Out-Host
    if ($LASTEXITCODE) { throw 'aws iam create-role' }
  }

  # Step 8
  $resourceArn = 'arn:' + $arn[1] + ':rds-db:' + $region + ':' + $arn[4] + ':dbuser:' + $resource + '/' + $user
  [IO.File]::WriteAllText($file, ('{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["rds-db:connect"],"Resource":"' + $resourceArn + '"}]}'))
  aws iam put-role-policy --role-name $role --policy-name connect-to-database --policy-document "file://$file"
  if ($LASTEXITCODE) { throw 'aws iam put-role-policy' }
  Remove-Item $file

  # Step 9
  aws iam get-role --role-name $role --query 'Role.Arn' --output text
}
