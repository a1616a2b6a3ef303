@steps share
resource "aws_ram_resource_share" "clickpipes" {
  name                      = "clickpipes-postgres"
  allow_external_principals = true
}

resource "aws_ram_resource_association" "clickpipes" {
  resource_share_arn = aws_ram_resource_share.clickpipes.arn
  resource_arn       = aws_vpclattice_resource_configuration.clickpipes.arn
}

resource "aws_ram_principal_association" "clickpipes" {
  resource_share_arn = aws_ram_resource_share.clickpipes.arn
  principal          = "072088201116"
}

@steps paste
output "resource_configuration_id" {
  value = aws_vpclattice_resource_configuration.clickpipes.id
}

output "resource_share_arn" {
  value = aws_ram_resource_share.clickpipes.arn
}
