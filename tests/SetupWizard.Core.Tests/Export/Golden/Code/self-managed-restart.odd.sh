bash <<'COMMANDS'
# Run this on the database's machine, it's "odd" $(id) `id` ${var.x} %{if} $${y} \ \' 주문📦 ’; #{x}
# {{instance}} %PATH% & | <region>⟨U+000A⟩COMMANDS⟨U+000A⟩⟨U+0009⟩rm -rf
# ⟨U+202E⟩'@⟨U+000D⟩⟨U+000A⟩*/ --, as a user who may use sudo.
set -euo pipefail

# Steps 1-2
# Restarts the unit that this server runs in, whatever its name is.
# Put the AWS region of the instance, such as eu-central-1, in place of <region>.
pid=$(sudo -u postgres psql --no-psqlrc --port $'it\'s "odd" $(id) `id` ${var.x} %{if} $${y} \\ \\\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \xe2\x80\xae\'@\r\n*/ --' --tuples-only --no-align --command "SELECT split_part(pg_catalog.pg_read_file('postmaster.pid'), E'\n', 1)")
unit=$(ps -o unit= -p "$pid")
sudo systemctl restart "$unit"
COMMANDS
