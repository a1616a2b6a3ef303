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
# Put the AWS region of the instance, such as eu-central-1, in place of <region>.
line='restrict,port-forwarding,permitopen="'$'it\'s "odd" $(id) `id` ${var.x} %{if} $${y} \\ \\\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \xe2\x80\xae\'@\r\n*/ --:it\'s "odd" $(id) `id` ${var.x} %{if} $${y} \\ \\\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \xe2\x80\xae\'@\r\n*/ --''"'" $public_key"
sudo grep -qxF "$line" "$home/.ssh/authorized_keys" 2>/dev/null || printf '%s\n' "$line" | sudo tee -a "$home/.ssh/authorized_keys" >/dev/null
sudo chown clickpipes:clickpipes "$home/.ssh/authorized_keys"
sudo chmod 600 "$home/.ssh/authorized_keys"

# Step 2
sudo sshd -T -C user=clickpipes,host=localhost,addr=127.0.0.1 | grep -i '^allowtcpforwarding'

# Step 3
timeout 5 bash -c 'exec 3<>"/dev/tcp/$0/$1"' $'it\'s "odd" $(id) `id` ${var.x} %{if} $${y} \\ \\\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \xe2\x80\xae\'@\r\n*/ --' $'it\'s "odd" $(id) `id` ${var.x} %{if} $${y} \\ \\\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \xe2\x80\xae\'@\r\n*/ --' && printf '%s\n' 'The database answers from here.'
COMMANDS
