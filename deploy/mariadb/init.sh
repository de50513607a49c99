#!/bin/bash
# Makes db1 the primary and lets db2 and db3 follow it, the first time; and tells db1 that it leads when it was started again.
# Changes nothing when another server leads: then somebody has promoted it (docs/guides/scale-out.md).
set -euo pipefail

sql() { MYSQL_PWD="$ROOT_PASSWORD" mariadb --host="$1" --user=root --batch --skip-column-names --execute="$2"; }
follows() { MYSQL_PWD="$ROOT_PASSWORD" mariadb --host="$1" --user=root --execute='SHOW SLAVE STATUS\G' | sed -n 's/^ *Master_Host: //p'; }

for server in db2 db3; do
  if [ "$(sql "$server" 'SELECT @@read_only')" = 0 ]; then
    echo "$server takes writes: it was promoted, and db1 must follow it. Nothing was changed."
    exit 1
  fi
done
if [ -n "$(follows db1)" ]; then
  echo "db1 follows $(follows db1): promote by hand. Nothing was changed."
  exit 1
fi

known=$(sql db1 "SELECT COUNT(*) FROM mysql.user WHERE user = 'replication'")
if [ "$known" = 0 ]; then
  # What the images did to themselves is no history that they share.
  for server in db1 db2 db3; do sql "$server" "STOP SLAVE; RESET MASTER; SET GLOBAL gtid_slave_pos = ''"; done
  sql db1 "
    CREATE DATABASE guildhall CHARACTER SET utf8mb4;
    CREATE USER guildhall@'%' IDENTIFIED BY '$DIRECTORY_PASSWORD';
    GRANT ALL PRIVILEGES ON guildhall.* TO guildhall@'%';
    GRANT SLAVE MONITOR ON *.* TO guildhall@'%';
    CREATE USER replication@'%' IDENTIFIED BY '$REPLICATION_PASSWORD';
    GRANT REPLICATION SLAVE ON *.* TO replication@'%'"
fi

for server in db2 db3; do
  case "$(follows "$server")" in
    '') sql "$server" "
          CHANGE MASTER TO MASTER_HOST='db1', MASTER_PORT=3306, MASTER_USER='replication',
            MASTER_PASSWORD='$REPLICATION_PASSWORD', MASTER_CONNECT_RETRY=1, MASTER_USE_GTID=slave_pos;
          START SLAVE" ;;
    db1) sql "$server" 'START SLAVE' ;;
    *) echo "$server follows $(follows "$server"), not db1. Nothing more was changed."; exit 1 ;;
  esac
done
sql db1 'SET GLOBAL rpl_semi_sync_master_enabled = ON; SET GLOBAL read_only = OFF'

for _ in $(seq 60); do
  clients=$(sql db1 "SHOW STATUS LIKE 'Rpl_semi_sync_master_clients'" | cut -f2)
  [ "$clients" = 2 ] && { echo 'db1 leads, db2 and db3 follow.'; exit 0; }
  sleep 1
done
echo "only $clients of 2 replicas follow after a minute"
exit 1
