& {
  # Put the AWS region of the instance, such as eu-central-1, in place of <region>.
  $region = ('it''s "odd" $(id) `id` ${var.x} %{if} $${y} \ \'' 주문📦 ’’; #{x} {{instance}} %PATH% & | <region>' + [char]::ConvertFromUtf32(10) + 'COMMANDS' + [char]::ConvertFromUtf32(10) + [char]::ConvertFromUtf32(9) + 'rm -rf ' + [char]::ConvertFromUtf32(8238) + '''@' + [char]::ConvertFromUtf32(13) + [char]::ConvertFromUtf32(10) + '*/ --')
  $cluster = ('it''s "odd" $(id) `id` ${var.x} %{if} $${y} \ \'' 주문📦 ’’; #{x} {{instance}} %PATH% & | <region>' + [char]::ConvertFromUtf32(10) + 'COMMANDS' + [char]::ConvertFromUtf32(10) + [char]::ConvertFromUtf32(9) + 'rm -rf ' + [char]::ConvertFromUtf32(8238) + '''@' + [char]::ConvertFromUtf32(13) + [char]::ConvertFromUtf32(10) + '*/ --')

  # Step 1
  # The writer of the cluster is looked up. Reboot the readers afterwards: a failover makes one of
  # them the writer.
  $writer = aws rds describe-db-clusters --region $region --db-cluster-identifier $cluster --query 'DBClusters[0].DBClusterMembers[?IsClusterWriter].DBInstanceIdentifier | [0]' --output text
  if ($LASTEXITCODE) { throw 'aws rds describe-db-clusters' }

  # Steps 2-3
  aws rds reboot-db-instance --region $region --db-instance-identifier $writer --query 'DBInstance.DBInstanceStatus' --output text | Out-Host
  if ($LASTEXITCODE) { throw 'aws rds reboot-db-instance' }
  aws rds wait db-instance-available --region $region --db-instance-identifier $writer
  if ($LASTEXITCODE) { throw 'aws rds wait db-instance-available' }
}
