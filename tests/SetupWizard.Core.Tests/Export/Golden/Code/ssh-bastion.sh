# Run this on the bastion, as a user who may use sudo.
bash <<'COMMANDS'
set -euo pipefail
# The public key ClickPipes shows: export CLICKPIPES_PUBLIC_KEY first.
public_key=${CLICKPIPES_PUBLIC_KEY:?}

# Step 1
id clickpipes >/dev/null 2>&1 || sudo useradd --create-home --shell /usr/sbin/nologin clickpipes
home=$(getent passwd clickpipes | cut -d: -f6)

# Step 5
sudo install -d -m 700 -o clickpipes -g clickpipes "$home/.ssh"
line='restrict,port-forwarding,permitopen="''Shop-Prod.c9akciq32.eu-central-1.rds.amazonaws.com:5432''"'" $public_key"
sudo grep -qxF "$line" "$home/.ssh/authorized_keys" 2>/dev/null || printf '%s\n' "$line" | sudo tee -a "$home/.ssh/authorized_keys" >/dev/null
sudo chown clickpipes:clickpipes "$home/.ssh/authorized_keys"
sudo chmod 600 "$home/.ssh/authorized_keys"

# Step 2
sudo sshd -T -C user=clickpipes,host=localhost,addr=127.0.0.1 | grep -i '^allowtcpforwarding'

# Step 3
timeout 5 bash -c 'exec 3<>"/dev/tcp/$0/$1"' 'Shop-Prod.c9akciq32.eu-central-1.rds.amazonaws.com' '5432' && printf '%s\n' 'The database answers from here.'
COMMANDS
