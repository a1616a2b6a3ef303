bash <<'COMMANDS'
@say OnMachine
set -euo pipefail

@steps log-in edit
sudo -u postgres psql --no-psqlrc --port {{port}} --command {{"ALTER SYSTEM SET {setting:setting} = {value:sql}"}}

@steps reload
sudo -u postgres psql --no-psqlrc --port {{port}} --command 'SELECT pg_catalog.pg_reload_conf()'
@if restart
@say UnitOfServer
pid=$(sudo -u postgres psql --no-psqlrc --port {{port}} --tuples-only --no-align --command "SELECT split_part(pg_catalog.pg_read_file('postmaster.pid'), E'\n', 1)")
unit=$(ps -o unit= -p "$pid")
sudo systemctl restart "$unit"
@end
COMMANDS
