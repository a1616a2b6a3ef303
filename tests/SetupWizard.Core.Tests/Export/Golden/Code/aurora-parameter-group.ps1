& {
  $region = 'eu-central-1'
  $cluster = 'shop-prod'
  $group = 'shop-prod-clickpipes'

  # A parameter group of your own stays in use with all its settings. Only AWS's default group,
  # which cannot be edited, is replaced by a new one.
  $current = aws rds describe-db-clusters --region $region --db-cluster-identifier $cluster --query 'DBClusters[0].DBClusterParameterGroup' --output text
  if ($LASTEXITCODE) { throw 'aws rds describe-db-clusters' }

  # Steps 1-3
  if ($current -like 'default.*') {
    $version = aws rds describe-db-clusters --region $region --db-cluster-identifier $cluster --query 'DBClusters[0].EngineVersion' --output text
    $family = aws rds describe-db-engine-versions --region $region --engine aurora-postgresql --engine-version $version --query 'DBEngineVersions[0].DBParameterGroupFamily' --output text
    if ($LASTEXITCODE) { throw 'aws rds describe-db-engine-versions' }
    aws rds describe-db-cluster-parameter-groups --region $region --db-cluster-parameter-group-name $group 2>&1 | Out-Null
    if ($LASTEXITCODE) {
      aws rds create-db-cluster-parameter-group --region $region --db-cluster-parameter-group-name $group --db-parameter-group-family $family --description 'Logical replication for ClickPipes' | Out-Host
      if ($LASTEXITCODE) { throw 'aws rds create-db-cluster-parameter-group' }
    }
  } else {
    $group = $current
  }

  # Steps 4-5
  aws rds modify-db-cluster-parameter-group --region $region --db-cluster-parameter-group-name $group --parameters 'ParameterName=rds.logical_replication,ParameterValue=1,ApplyMethod=pending-reboot' | Out-Host
  if ($LASTEXITCODE) { throw 'aws rds modify-db-cluster-parameter-group' }

  # Steps 6-8
  if ($group -ne $current) {
    aws rds modify-db-cluster --region $region --db-cluster-identifier $cluster --db-cluster-parameter-group-name $group --apply-immediately --query 'DBCluster.DBClusterParameterGroup' --output text | Out-Host
    if ($LASTEXITCODE) { throw 'aws rds modify-db-cluster' }
  }
  foreach ($attempt in 1..20) {
    $status = aws rds describe-db-clusters --region $region --db-cluster-identifier $cluster --query 'DBClusters[0].DBClusterMembers[?IsClusterWriter].DBClusterParameterGroupStatus | [0]' --output text
    if ($status -eq 'pending-reboot') { break }
    Start-Sleep -Seconds 15
  }

  # Step 9
  # The writer of the cluster is looked up. Reboot the readers afterwards: a failover makes one of
  # them the writer.
  $writer = aws rds describe-db-clusters --region $region --db-cluster-identifier $cluster --query 'DBClusters[0].DBClusterMembers[?IsClusterWriter].DBInstanceIdentifier | [0]' --output text
  if ($LASTEXITCODE) { throw 'aws rds describe-db-clusters' }
  aws rds wait db-instance-available --region $region --db-instance-identifier $writer
  if ($LASTEXITCODE) { throw 'aws rds wait db-instance-available' }
  aws rds reboot-db-instance --region $region --db-instance-identifier $writer --query 'DBInstance.DBInstanceStatus' --output text | Out-Host
  if ($LASTEXITCODE) { throw 'aws rds reboot-db-instance' }
  aws rds wait db-instance-available --region $region --db-instance-identifier $writer
  if ($LASTEXITCODE) { throw 'aws rds wait db-instance-available' }
}
