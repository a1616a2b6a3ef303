& {
  $region = {{region}}
  $instance = {{instance}}

  @steps open-database reboot confirm
  aws rds reboot-db-instance --region $region --db-instance-identifier $instance --query 'DBInstance.DBInstanceStatus' --output text | Out-Host
  if ($LASTEXITCODE) { throw 'aws rds reboot-db-instance' }
  aws rds wait db-instance-available --region $region --db-instance-identifier $instance
  if ($LASTEXITCODE) { throw 'aws rds wait db-instance-available' }
}
