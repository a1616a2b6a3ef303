& {
  $region = 'eu-central-1'
  $cluster = 'shop-prod'

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
