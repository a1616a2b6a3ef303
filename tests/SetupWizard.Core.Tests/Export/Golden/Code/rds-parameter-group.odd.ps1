& {
  # Put the AWS region of the instance, such as eu-central-1, in place of <region>.
  $region = ('it''s "odd" $(id) `id` ${var.x} %{if} $${y} \ \'' 주문📦 ’’; #{x} {{instance}} %PATH% & | <region>' + [char]::ConvertFromUtf32(10) + 'COMMANDS' + [char]::ConvertFromUtf32(10) + [char]::ConvertFromUtf32(9) + 'rm -rf ' + [char]::ConvertFromUtf32(8238) + '''@' + [char]::ConvertFromUtf32(13) + [char]::ConvertFromUtf32(10) + '*/ --')
  $instance = ('it''s "odd" $(id) `id` ${var.x} %{if} $${y} \ \'' 주문📦 ’’; #{x} {{instance}} %PATH% & | <region>' + [char]::ConvertFromUtf32(10) + 'COMMANDS' + [char]::ConvertFromUtf32(10) + [char]::ConvertFromUtf32(9) + 'rm -rf ' + [char]::ConvertFromUtf32(8238) + '''@' + [char]::ConvertFromUtf32(13) + [char]::ConvertFromUtf32(10) + '*/ --')
  $group = ('it''s "odd" $(id) `id` ${var.x} %{if} $${y} \ \'' 주문📦 ’’; #{x} {{instance}} %PATH% & | <region>' + [char]::ConvertFromUtf32(10) + 'COMMANDS' + [char]::ConvertFromUtf32(10) + [char]::ConvertFromUtf32(9) + 'rm -rf ' + [char]::ConvertFromUtf32(8238) + '''@' + [char]::ConvertFromUtf32(13) + [char]::ConvertFromUtf32(10) + '*/ --')

  # A parameter group of your own stays in use with all its settings. Only AWS's default group,
  # which cannot be edited, is replaced by a new one.
  $current = aws rds describe-db-instances --region $region --db-instance-identifier $instance --query 'DBInstances[0].DBParameterGroups[0].DBParameterGroupName' --output text
  if ($LASTEXITCODE) { throw 'aws rds describe-db-instances' }

  # Steps 1-3
  if ($current -like 'default.*') {
    $version = aws rds describe-db-instances --region $region --db-instance-identifier $instance --query 'DBInstances[0].EngineVersion' --output text
    $family = aws rds describe-db-engine-versions --region $region --engine postgres --engine-version $version --query 'DBEngineVersions[0].DBParameterGroupFamily' --output text
    if ($LASTEXITCODE) { throw 'aws rds describe-db-engine-versions' }
    aws rds describe-db-parameter-groups --region $region --db-parameter-group-name $group 2>&1 | Out-Null
    if ($LASTEXITCODE) {
      aws rds create-db-parameter-group --region $region --db-parameter-group-name $group --db-parameter-group-family $family --description 'Logical replication for ClickPipes' | Out-Host
      if ($LASTEXITCODE) { throw 'aws rds create-db-parameter-group' }
    }
  } else {
    $group = $current
  }

  # Steps 4-6
  aws rds modify-db-parameter-group --region $region --db-parameter-group-name $group --parameters 'ParameterName=rds.logical_replication,ParameterValue=1,ApplyMethod=pending-reboot' 'ParameterName=wal_sender_timeout,ParameterValue=0,ApplyMethod=immediate' | Out-Host
  if ($LASTEXITCODE) { throw 'aws rds modify-db-parameter-group' }

  # Steps 7-9
  if ($group -ne $current) {
    aws rds modify-db-instance --region $region --db-instance-identifier $instance --db-parameter-group-name $group --apply-immediately --query 'DBInstance.DBParameterGroups' --output text | Out-Host
    if ($LASTEXITCODE) { throw 'aws rds modify-db-instance' }
  }
  foreach ($attempt in 1..20) {
    $status = aws rds describe-db-instances --region $region --db-instance-identifier $instance --query 'DBInstances[0].DBParameterGroups[0].ParameterApplyStatus' --output text
    if ($status -eq 'pending-reboot') { break }
    Start-Sleep -Seconds 15
  }

  # Step 10
  aws rds wait db-instance-available --region $region --db-instance-identifier $instance
  if ($LASTEXITCODE) { throw 'aws rds wait db-instance-available' }
  aws rds reboot-db-instance --region $region --db-instance-identifier $instance --query 'DBInstance.DBInstanceStatus' --output text | Out-Host
  if ($LASTEXITCODE) { throw 'aws rds reboot-db-instance' }
  aws rds wait db-instance-available --region $region --db-instance-identifier $instance
  if ($LASTEXITCODE) { throw 'aws rds wait db-instance-available' }
}
