#!/usr/bin/env bash
# Runs once, when the primary's data directory is made: the role that the hub serves with, and the one that replicates.
# Migrations grant to hub_serving, whom row-level security binds, and hub_worker, who sees all for the hub's own work:
# hub_app signs in and has nothing but the first, hub_jobs the second.
set -euo pipefail
psql -v ON_ERROR_STOP=1 -U postgres -d hub -v hub="$HUB_PASSWORD" -v jobs="$HUB_WORKER_PASSWORD" -v replication="$REPLICATION_PASSWORD" <<'SQL'
CREATE ROLE hub_serving NOLOGIN;
CREATE ROLE hub_app LOGIN PASSWORD :'hub' IN ROLE hub_serving;
CREATE ROLE hub_worker NOLOGIN;
CREATE ROLE hub_jobs LOGIN PASSWORD :'jobs' IN ROLE hub_worker;
CREATE ROLE replicator LOGIN REPLICATION PASSWORD :'replication';
SQL
echo "host replication replicator all scram-sha-256" >> "$PGDATA/pg_hba.conf"
