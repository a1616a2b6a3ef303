& {
  # Put the AWS region of the instance, such as eu-central-1, in place of <region>.
  $region = ('it''s "odd" $(id) `id` ${var.x} %{if} $${y} \ \'' 주문📦 ’’; #{x} {{instance}} %PATH% & | <region>' + [char]::ConvertFromUtf32(10) + 'COMMANDS' + [char]::ConvertFromUtf32(10) + [char]::ConvertFromUtf32(9) + 'rm -rf ' + [char]::ConvertFromUtf32(8238) + '''@' + [char]::ConvertFromUtf32(13) + [char]::ConvertFromUtf32(10) + '*/ --')
  $instance = ('it''s "odd" $(id) `id` ${var.x} %{if} $${y} \ \'' 주문📦 ’’; #{x} {{instance}} %PATH% & | <region>' + [char]::ConvertFromUtf32(10) + 'COMMANDS' + [char]::ConvertFromUtf32(10) + [char]::ConvertFromUtf32(9) + 'rm -rf ' + [char]::ConvertFromUtf32(8238) + '''@' + [char]::ConvertFromUtf32(13) + [char]::ConvertFromUtf32(10) + '*/ --')

  # Steps 1-3
  aws rds reboot-db-instance --region $region --db-instance-identifier $instance --query 'DBInstance.DBInstanceStatus' --output text | Out-Host
  if ($LASTEXITCODE) { throw 'aws rds reboot-db-instance' }
  aws rds wait db-instance-available --region $region --db-instance-identifier $instance
  if ($LASTEXITCODE) { throw 'aws rds wait db-instance-available' }
}
