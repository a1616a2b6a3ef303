& {
  # Put the AWS region of the instance, such as eu-central-1, in place of <region>.
  $region = ('it''s "odd" $(id) `id` ${var.x} %{if} $${y} \ \'' 주문📦 ’’; #{x} {{instance}} %PATH% & | <region>' + [char]::ConvertFromUtf32(10) + 'COMMANDS' + [char]::ConvertFromUtf32(10) + [char]::ConvertFromUtf32(9) + 'rm -rf ' + [char]::ConvertFromUtf32(8238) + '''@' + [char]::ConvertFromUtf32(13) + [char]::ConvertFromUtf32(10) + '*/ --')
  $cluster = ('it''s "odd" $(id) `id` ${var.x} %{if} $${y} \ \'' 주문📦 ’’; #{x} {{instance}} %PATH% & | <region>' + [char]::ConvertFromUtf32(10) + 'COMMANDS' + [char]::ConvertFromUtf32(10) + [char]::ConvertFromUtf32(9) + 'rm -rf ' + [char]::ConvertFromUtf32(8238) + '''@' + [char]::ConvertFromUtf32(13) + [char]::ConvertFromUtf32(10) + '*/ --')
  $addresses = @(
    ('it''s "odd" $(id) `id` ${var.x} %{if} $${y} \ \'' 주문📦 ’’; #{x} {{instance}} %PATH% & | <region>' + [char]::ConvertFromUtf32(10) + 'COMMANDS' + [char]::ConvertFromUtf32(10) + [char]::ConvertFromUtf32(9) + 'rm -rf ' + [char]::ConvertFromUtf32(8238) + '''@' + [char]::ConvertFromUtf32(13) + [char]::ConvertFromUtf32(10) + '*/ --')
    '192.0.2.1'
  )

  # Steps 1-2
  $group = aws rds describe-db-clusters --region $region --db-cluster-identifier $cluster --query 'DBClusters[0].VpcSecurityGroups[0].VpcSecurityGroupId' --output text
  if ($LASTEXITCODE) { throw 'aws rds describe-db-clusters' }
  $port = aws rds describe-db-clusters --region $region --db-cluster-identifier $cluster --query 'DBClusters[0].Port' --output text
  if ($LASTEXITCODE) { throw 'aws rds describe-db-clusters' }

  # Steps 3-5
  # A rule that is already there stays as it is.
  foreach ($address in $addresses) {
    $said = aws ec2 authorize-security-group-ingress --region $region --group-id $group --ip-permissions "IpProtocol=tcp,FromPort=$port,ToPort=$port,IpRanges=[{CidrIp=$address/32,Description=ClickPipes}]" 2>&1
    if ($LASTEXITCODE -and "$said" -notlike '*InvalidPermission.Duplicate*') { throw "$said" }
  }
}
