#!/bin/bash
@say Network.InstanceWhat
set -euo pipefail
host={{host}}
port={{port}}

dnf install -y haproxy

@say Network.InstanceResolves
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
