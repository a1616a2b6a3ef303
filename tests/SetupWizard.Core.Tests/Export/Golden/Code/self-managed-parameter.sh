bash <<'COMMANDS'
# Run this on the database's machine, db.example.com, as a user who may use sudo.
set -euo pipefail

# Steps 1-2
sudo -u postgres psql --no-psqlrc --port '5432' --command 'ALTER SYSTEM SET max_worker_processes = '\''16'\'''

# Step 3
sudo -u postgres psql --no-psqlrc --port '5432' --command 'SELECT pg_catalog.pg_reload_conf()'
# Restarts the unit that this server runs in, whatever its name is.
pid=$(sudo -u postgres psql --no-psqlrc --port '5432' --tuples-only --no-align --command "SELECT split_part(pg_catalog.pg_read_file('postmaster.pid'), E'\n', 1)")
unit=$(ps -o unit= -p "$pid")
sudo systemctl restart "$unit"
COMMANDS
