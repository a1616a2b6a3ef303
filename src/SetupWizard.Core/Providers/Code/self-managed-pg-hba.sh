bash <<'COMMANDS'
@say OnMachine
set -euo pipefail
lines=(
  @each hbaLine
  {{hbaLine}}
  @end
)

@steps find-file
file=$(sudo -u postgres psql --no-psqlrc --port {{port}} --tuples-only --no-align --command 'SHOW hba_file')

@steps add-lines
@say HbaMissing
missing=()
for line in "${lines[@]}"; do
  sudo grep -qxF -e "$line" "$file" || missing+=("$line")
done
if [ "${#missing[@]}" -gt 0 ]; then
  sudo cp -p "$file" "$file.before-clickpipes"
  { printf '%s\n' "${missing[@]}"; sudo cat "$file.before-clickpipes"; } | sudo tee "$file" > /dev/null
fi

@steps listen
sudo -u postgres psql --no-psqlrc --port {{port}} --command 'SHOW listen_addresses'

@steps reload
@say HbaErrors
sudo -u postgres psql --no-psqlrc --port {{port}} --command 'SELECT line_number, error FROM pg_catalog.pg_hba_file_rules WHERE error IS NOT NULL'
sudo -u postgres psql --no-psqlrc --port {{port}} --command 'SELECT pg_catalog.pg_reload_conf()'
COMMANDS
