#!/usr/bin/env bash
# Runs once, when the primary's data directory is made: the role that the hub serves with, and the one that replicates.
# hub_serving is the role that migrations grant to; hub_app signs in and has nothing but that.
set -euo pipefail
psql -v ON_ERROR_STOP=1 -U postgres -d hub -v hub="$HUB_PASSWORD" -v replication="$REPLICATION_PASSWORD" <<'SQL'
CREATE ROLE hub_serving NOLOGIN;
CREATE ROLE hub_app LOGIN PASSWORD :'hub' IN ROLE hub_serving;
CREATE ROLE replicator LOGIN REPLICATION PASSWORD :'replication';
SQL
echo "host replication replicator all scram-sha-256" >> "$PGDATA/pg_hba.conf"
