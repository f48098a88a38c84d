#!/usr/bin/env bash
# A streaming standby: copies the primary once, then follows it.
set -euo pipefail
data=/var/lib/postgresql/18/docker
if [ ! -s "$data/PG_VERSION" ]; then
  until pg_basebackup -h primary -U replicator -D "$data" -R -X stream; do sleep 2; done
  chmod 0700 "$data"
fi
exec postgres -D "$data"
