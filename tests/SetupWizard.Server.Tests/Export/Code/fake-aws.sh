#!/usr/bin/env bash
# Answers as a target group does. Its targets stand in the file $STATE, one "address port state" in a line; calls that change it go to $CALLS.
set -euo pipefail
operation=$2
value() {
  local name=$1
  shift
  while [ $# -gt 0 ]; do
    if [ "$1" = "$name" ]; then
      printf '%s\n' "$2"
      return
    fi
    shift
  done
}
target=$(value --targets "$@")
address=$(sed -n 's/.*Id=\([^,]*\).*/\1/p' <<<"$target")
case $operation in
  describe-target-groups)
    printf 'arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/%s/1\n' "$(value --names "$@")"
    ;;
  describe-target-health)
    cat "$STATE"
    ;;
  register-targets)
    printf 'register %s\n' "$target" >>"$CALLS"
    printf '%s\t5432\t%s\n' "$address" "${NEW_STATE:-healthy}" >>"$STATE"
    ;;
  deregister-targets)
    printf 'deregister %s\n' "$target" >>"$CALLS"
    grep -v "^$address	" "$STATE" >"$STATE.new" || true
    mv "$STATE.new" "$STATE"
    ;;
  *)
    exit 64
    ;;
esac
