# For a configuration whose azurerm provider is set to the subscription of it's "odd" $(id) `id`
# ${var.x} %{if} $${y} \ \' 주문📦 ’; #{x} {{instance}} %PATH% & |
# <region>⟨U+000A⟩COMMANDS⟨U+000A⟩⟨U+0009⟩rm -rf ⟨U+202E⟩'@⟨U+000D⟩⟨U+000A⟩*/ --.
# Step 1
data "azurerm_resources" "source" {
  # Put the AWS region of the instance, such as eu-central-1, in place of <region>.
  type = "Microsoft.DBforPostgreSQL/flexibleServers"
  name = "it's \"odd\" $(id) `id` $${var.x} %%{if} $$${y} \\ \\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \u202e'@\r\n*/ --"
}

# Steps 2-5
# The azurerm provider restarts the server by itself, unless its feature
# restart_server_on_configuration_value_change is off.
resource "azurerm_postgresql_flexible_server_configuration" "clickpipes_wal_level" {
  server_id = data.azurerm_resources.source.resources[0].id
  name      = "wal_level"
  value     = "logical"
}
