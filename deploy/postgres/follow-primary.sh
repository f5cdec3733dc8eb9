#!/bin/bash
# The replica of docker-compose.yml: a base backup on first use, then whatever the primary writes. A slot makes the primary
# keep what the replica lacks while it is away. As PGUSER with PGPASSWORD, which the backup writes down for later.
set -euo pipefail
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  # What an interrupted backup has left behind is neither a cluster nor an empty folder; its slot is in the way, too.
  rm -rf "$PGDATA"
  psql --host=postgres --dbname=postgres --command \
    "select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = 'replica' and not active"
  pg_basebackup --host=postgres --pgdata="$PGDATA" --wal-method=stream --checkpoint=fast \
    --create-slot --slot=replica --write-recovery-conf
fi
exec postgres -c hot_standby_feedback=on
