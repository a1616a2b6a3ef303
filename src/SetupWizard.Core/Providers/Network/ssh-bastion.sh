@say Network.OnBastion
bash <<'COMMANDS'
set -euo pipefail
@say Network.BastionKey
public_key=${CLICKPIPES_PUBLIC_KEY:?}

@steps user
id clickpipes >/dev/null 2>&1 || sudo useradd --create-home --shell /usr/sbin/nologin clickpipes
home=$(getent passwd clickpipes | cut -d: -f6)

@steps key
sudo install -d -m 700 -o clickpipes -g clickpipes "$home/.ssh"
line='restrict,port-forwarding,permitopen="'{{"{host}:{port}"}}'"'" $public_key"
sudo grep -qxF "$line" "$home/.ssh/authorized_keys" 2>/dev/null || printf '%s\n' "$line" | sudo tee -a "$home/.ssh/authorized_keys" >/dev/null
sudo chown clickpipes:clickpipes "$home/.ssh/authorized_keys"
sudo chmod 600 "$home/.ssh/authorized_keys"

@steps forwarding
sudo sshd -T -C user=clickpipes,host=localhost,addr=127.0.0.1 | grep -i '^allowtcpforwarding'

@steps database
timeout 5 bash -c 'exec 3<>"/dev/tcp/$0/$1"' {{host}} {{port}} && printf '%s\n' 'The database answers from here.'
COMMANDS
