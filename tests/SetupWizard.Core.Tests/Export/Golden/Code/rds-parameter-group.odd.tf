# For a configuration whose aws provider is set to the region it's "odd" $(id) `id` ${var.x} %{if}
# $${y} \ \' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>⟨U+000A⟩COMMANDS⟨U+000A⟩⟨U+0009⟩rm -rf
# ⟨U+202E⟩'@⟨U+000D⟩⟨U+000A⟩*/ --.
# If it's "odd" $(id) `id` ${var.x} %{if} $${y} \ \' 주문📦 ’; #{x} {{instance}} %PATH% & |
# <region>⟨U+000A⟩COMMANDS⟨U+000A⟩⟨U+0009⟩rm -rf ⟨U+202E⟩'@⟨U+000D⟩⟨U+000A⟩*/ -- already uses a
# parameter group of your own, put only the parameters into that one: a new group would not have
# your other settings.
# Steps 2-6
resource "aws_db_parameter_group" "clickpipes" {
  # Put the AWS region of the instance, such as eu-central-1, in place of <region>.
  name        = "it's \"odd\" $(id) `id` $${var.x} %%{if} $$${y} \\ \\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \u202e'@\r\n*/ --"
  family      = "it's \"odd\" $(id) `id` $${var.x} %%{if} $$${y} \\ \\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \u202e'@\r\n*/ --"
  description = "Logical replication for ClickPipes"

  parameter {
    name         = "rds.logical_replication"
    value        = "1"
    apply_method = "pending-reboot"
  }

  parameter {
    name         = "wal_sender_timeout"
    value        = "0"
    apply_method = "immediate"
  }
}

# Steps 7-9
# Put these lines into the aws_db_instance of it's "odd" $(id) `id` ${var.x} %{if} $${y} \ \' 주문📦
# ’; #{x} {{instance}} %PATH% & | <region>⟨U+000A⟩COMMANDS⟨U+000A⟩⟨U+0009⟩rm -rf
# ⟨U+202E⟩'@⟨U+000D⟩⟨U+000A⟩*/ --:
#   parameter_group_name = aws_db_parameter_group.clickpipes.name
#   apply_immediately    = true

# Step 10
# Terraform does not reboot the instance. When the group shows as pending-reboot:
#   aws rds reboot-db-instance --region $'it\'s "odd" $(id) `id` ${var.x} %{if} $${y} \\ \\\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \xe2\x80\xae\'@\r\n*/ --' --db-instance-identifier $'it\'s "odd" $(id) `id` ${var.x} %{if} $${y} \\ \\\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \xe2\x80\xae\'@\r\n*/ --'
