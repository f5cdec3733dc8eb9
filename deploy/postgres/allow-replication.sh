#!/bin/bash
# Run once, by the image's entry point, when the cluster is new: the image itself lets no replica in.
set -euo pipefail
echo 'host replication all all scram-sha-256' >> "$PGDATA/pg_hba.conf"
