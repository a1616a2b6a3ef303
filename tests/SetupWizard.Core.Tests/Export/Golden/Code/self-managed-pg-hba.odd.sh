bash <<'COMMANDS'
# Run this on the database's machine, it's "odd" $(id) `id` ${var.x} %{if} $${y} \ \' 주문📦 ’; #{x}
# {{instance}} %PATH% & | <region>⟨U+000A⟩COMMANDS⟨U+000A⟩⟨U+0009⟩rm -rf
# ⟨U+202E⟩'@⟨U+000D⟩⟨U+000A⟩*/ --, as a user who may use sudo.
set -euo pipefail
lines=(
  # Put the AWS region of the instance, such as eu-central-1, in place of <region>.
  $'it\'s "odd" $(id) `id` ${var.x} %{if} $${y} \\ \\\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \xe2\x80\xae\'@\r\n*/ --'
  'hostssl "a b" "it'\''s" 192.0.2.1/32 scram-sha-256'
)

# Step 1
file=$(sudo -u postgres psql --no-psqlrc --port $'it\'s "odd" $(id) `id` ${var.x} %{if} $${y} \\ \\\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \xe2\x80\xae\'@\r\n*/ --' --tuples-only --no-align --command 'SHOW hba_file')

# Step 2
# Lines that are missing go to the top, before any line that rejects. The file as it was stays
# beside it.
missing=()
for line in "${lines[@]}"; do
  sudo grep -qxF -e "$line" "$file" || missing+=("$line")
done
if [ "${#missing[@]}" -gt 0 ]; then
  sudo cp -p "$file" "$file.before-clickpipes"
  { printf '%s\n' "${missing[@]}"; sudo cat "$file.before-clickpipes"; } | sudo tee "$file" > /dev/null
fi

# Step 3
sudo -u postgres psql --no-psqlrc --port $'it\'s "odd" $(id) `id` ${var.x} %{if} $${y} \\ \\\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \xe2\x80\xae\'@\r\n*/ --' --command 'SHOW listen_addresses'

# Step 4
# This should list nothing: with an error in the file the server keeps the old rules.
sudo -u postgres psql --no-psqlrc --port $'it\'s "odd" $(id) `id` ${var.x} %{if} $${y} \\ \\\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \xe2\x80\xae\'@\r\n*/ --' --command 'SELECT line_number, error FROM pg_catalog.pg_hba_file_rules WHERE error IS NOT NULL'
sudo -u postgres psql --no-psqlrc --port $'it\'s "odd" $(id) `id` ${var.x} %{if} $${y} \\ \\\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \xe2\x80\xae\'@\r\n*/ --' --command 'SELECT pg_catalog.pg_reload_conf()'
COMMANDS
