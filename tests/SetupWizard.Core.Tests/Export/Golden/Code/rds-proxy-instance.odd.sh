#!/bin/bash
# User data of an Amazon Linux 2023 instance: HAProxy passes TCP connections on to it's "odd" $(id)
# `id` ${var.x} %{if} $${y} \ \' 주문📦 ’; #{x} {{instance}} %PATH% & |
# <region>⟨U+000A⟩COMMANDS⟨U+000A⟩⟨U+0009⟩rm -rf ⟨U+202E⟩'@⟨U+000D⟩⟨U+000A⟩*/ --.
set -euo pipefail
# Put the AWS region of the instance, such as eu-central-1, in place of <region>.
host=$'it\'s "odd" $(id) `id` ${var.x} %{if} $${y} \\ \\\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \xe2\x80\xae\'@\r\n*/ --'
port=$'it\'s "odd" $(id) `id` ${var.x} %{if} $${y} \\ \\\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \xe2\x80\xae\'@\r\n*/ --'

dnf install -y haproxy

# HAProxy asks the VPC's own DNS server again and follows the answer; connections to an address that
# is gone are closed.
cat > /etc/haproxy/haproxy.cfg <<CONFIG
global
  log /dev/log local0
  maxconn 1000

defaults
  mode tcp
  log global
  option tcplog
  timeout connect 10s
  # A replication stream is one connection for weeks; the server keeps it awake.
  timeout client 24h
  timeout server 24h
  option clitcpka
  option srvtcpka

resolvers vpc
  nameserver amazon 169.254.169.253:53
  resolve_retries 3
  timeout resolve 1s
  timeout retry 1s
  hold valid 5s
  hold nx 10s
  hold timeout 10s

frontend postgres
  bind :$port
  default_backend source

backend source
  server instance $host:$port check inter 5s resolvers vpc resolve-prefer ipv4 init-addr none on-marked-down shutdown-sessions
CONFIG

haproxy -c -f /etc/haproxy/haproxy.cfg
systemctl enable --now haproxy
systemctl reload haproxy
