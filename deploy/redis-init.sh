#!/bin/bash
# Makes three masters and three replicas of r1 to r6, the first time.
set -euo pipefail

members=(172.30.0.21:6379 172.30.0.22:6379 172.30.0.23:6379 172.30.0.24:6379 172.30.0.25:6379 172.30.0.26:6379)
state() { redis-cli -h "${1%:*}" -p "${1#*:}" cluster info | tr -d '\r' | sed -n 's/^cluster_state://p'; }
slots() { redis-cli -h "${1%:*}" -p "${1#*:}" cluster info | tr -d '\r' | sed -n 's/^cluster_slots_assigned://p'; }

if [ "$(slots "${members[0]}")" != 16384 ]; then
  # It waits for ever if a member's connections come from another address than the one it is listed with, as on a machine
  # with several addresses: `bind-source-addr` in redis.conf says which one to use.
  timeout 60 redis-cli --cluster create "${members[@]}" --cluster-replicas 1 --cluster-yes || {
    echo 'the members did not come together at these addresses: are ports 6379 and 16379 open between them, and do their'
    echo 'connections come from these addresses (bind-source-addr)?'
    exit 1
  }
fi
for _ in $(seq 60); do
  ok=0
  for member in "${members[@]}"; do [ "$(state "$member")" = ok ] && ok=$((ok + 1)); done
  [ "$ok" = "${#members[@]}" ] && { echo 'the cluster is ok'; exit 0; }
  sleep 1
done
echo "only $ok of ${#members[@]} members say that the cluster is ok"
exit 1
