bash <<'COMMANDS'
@say OnMachine
set -euo pipefail

@steps log-in restart
@say UnitOfServer
pid=$(sudo -u postgres psql --no-psqlrc --port {{port}} --tuples-only --no-align --command "SELECT split_part(pg_catalog.pg_read_file('postmaster.pid'), E'\n', 1)")
unit=$(ps -o unit= -p "$pid")
sudo systemctl restart "$unit"
COMMANDS
