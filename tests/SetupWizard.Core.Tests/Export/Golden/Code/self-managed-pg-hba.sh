bash <<'COMMANDS'
# Run this on the database's machine, db.example.com, as a user who may use sudo.
set -euo pipefail
lines=(
  'hostssl shop clickpipes_user 18.195.233.217/32 scram-sha-256'
  'hostssl shop clickpipes_user 3.127.86.90/32 scram-sha-256'
  'hostssl shop clickpipes_user 35.157.23.2/32 scram-sha-256'
  'hostssl shop clickpipes_user 18.197.167.47/32 scram-sha-256'
  'hostssl shop clickpipes_user 3.122.25.29/32 scram-sha-256'
  'hostssl shop clickpipes_user 52.28.148.40/32 scram-sha-256'
)

# Step 1
file=$(sudo -u postgres psql --no-psqlrc --port '5432' --tuples-only --no-align --command 'SHOW hba_file')

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
sudo -u postgres psql --no-psqlrc --port '5432' --command 'SHOW listen_addresses'

# Step 4
# This should list nothing: with an error in the file the server keeps the old rules.
sudo -u postgres psql --no-psqlrc --port '5432' --command 'SELECT line_number, error FROM pg_catalog.pg_hba_file_rules WHERE error IS NOT NULL'
sudo -u postgres psql --no-psqlrc --port '5432' --command 'SELECT pg_catalog.pg_reload_conf()'
COMMANDS
