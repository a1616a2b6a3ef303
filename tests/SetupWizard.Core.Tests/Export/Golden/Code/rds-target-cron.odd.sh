#!/usr/bin/env bash
# Keeps the target of a load balancer in step with the address of it's "odd" $(id) `id` ${var.x}
# %{if} $${y} \ \' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>⟨U+000A⟩COMMANDS⟨U+000A⟩⟨U+0009⟩rm
# -rf ⟨U+202E⟩'@⟨U+000D⟩⟨U+000A⟩*/ --. Does nothing when nothing changed, and never removes the old
# target before the new one is healthy.
# What it would do, without doing it:
#   ./rds-target-cron.sh --dry-run
# Every minute by cron, as root:
#   sudo install -m 755 rds-target-cron.sh /usr/local/bin/clickpipes-target
#   echo '* * * * * root /usr/local/bin/clickpipes-target' | sudo tee /etc/cron.d/clickpipes-target
# Or by a systemd timer:
#   sudo systemd-run --unit clickpipes-target --on-active 1min --on-unit-active 1min /usr/local/bin/clickpipes-target
# The machine runs in the database's VPC; its role needs:
#   elasticloadbalancing:DescribeTargetGroups elasticloadbalancing:DescribeTargetHealth
#   elasticloadbalancing:RegisterTargets elasticloadbalancing:DeregisterTargets
set -euo pipefail
export AWS_PAGER='' LC_ALL=C
# Put the AWS region of the instance, such as eu-central-1, in place of <region>.
region=$'it\'s "odd" $(id) `id` ${var.x} %{if} $${y} \\ \\\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \xe2\x80\xae\'@\r\n*/ --'
host=$'it\'s "odd" $(id) `id` ${var.x} %{if} $${y} \\ \\\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \xe2\x80\xae\'@\r\n*/ --'
port=$'it\'s "odd" $(id) `id` ${var.x} %{if} $${y} \\ \\\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \xe2\x80\xae\'@\r\n*/ --'
target_group=clickpipes-postgres
patience=${PATIENCE_SECONDS:-40}

dry_run=
if [ "${1:-}" = --dry-run ]; then
  dry_run=1
fi

log() {
  printf '%s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*" >&2
  if [ -z "$dry_run" ] && command -v logger >/dev/null; then
    logger -t clickpipes-target -- "$*" || true
  fi
}

elb() {
  aws elbv2 "$@" --region "$region" --output text
}

change() {
  if [ -n "$dry_run" ]; then
    log "dry run, not done: aws elbv2 $*"
  else
    elb "$@"
  fi
}

# Never two at once.
if command -v flock >/dev/null; then
  exec 9<"$0"
  flock -n 9 || exit 0
fi

# The address now, as this machine resolves the name.
wanted=$(getent ahostsv4 "$host" | awk '{ print $1 }' | sort -u)
if [ -z "$wanted" ]; then
  log "$host has no address now; nothing was changed"
  exit 1
fi
for address in $wanted; do
  case $address in
    10.* | 172.1[6-9].* | 172.2[0-9].* | 172.3[01].* | 192.168.* | 100.*) ;;
    *)
      log "$host is $address from here, an address outside the VPC; run this inside the VPC"
      exit 1
      ;;
  esac
done

arn=$(elb describe-target-groups --names "$target_group" --query 'TargetGroups[0].TargetGroupArn')

# address, port, state
targets() {
  elb describe-target-health --target-group-arn "$arn" --query 'TargetHealthDescriptions[].[Target.Id,Target.Port,TargetHealth.State]'
}

registered=$(targets | awk '$3 != "draining" { print $1 }' | sort -u)
missing=$(comm -23 <(printf '%s\n' "$wanted") <(printf '%s\n' "$registered"))
stale=$(comm -13 <(printf '%s\n' "$wanted") <(printf '%s\n' "$registered") | sed '/^None$/d;/^$/d')
if [ -z "$missing" ] && [ -z "$stale" ]; then
  exit 0
fi

# First the new target, then, once it is healthy, the old one goes.
for address in $missing; do
  log "$host is now $address: registering it"
  change register-targets --target-group-arn "$arn" --targets "Id=$address,Port=$port" >/dev/null
done
if [ -z "$stale" ]; then
  exit 0
fi
if [ -z "$dry_run" ]; then
  waited=0
  while unhealthy=$(comm -23 <(printf '%s\n' "$wanted") <(targets | awk '$3 == "healthy" { print $1 }' | sort -u)) && [ -n "$unhealthy" ]; do
    if [ "$waited" -ge "$patience" ]; then
      log "still not healthy: $unhealthy; keeping the old targets until the next run"
      exit 1
    fi
    sleep 5
    waited=$((waited + 5))
  done
fi
for address in $stale; do
  log "deregistering $address, which is not $host any more"
  change deregister-targets --target-group-arn "$arn" --targets "Id=$address" >/dev/null
done
