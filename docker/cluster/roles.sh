#!/usr/bin/env bash
# Patroni runs it once, when the first node is made, with the address of the new server: the hub's database and roles.
# Row-level security binds hub_serving; hub_worker sees all for the hub's own work. hub_app signs in and has nothing but
# the first, hub_jobs the second; hub_owner owns the tables and migrates.
set -euo pipefail
psql "$1" -v ON_ERROR_STOP=1 -v hub="$HUB_PASSWORD" -v jobs="$HUB_WORKER_PASSWORD" -v owner="$HUB_OWNER_PASSWORD" <<'SQL'
CREATE ROLE hub_serving NOLOGIN;
CREATE ROLE hub_worker NOLOGIN;
GRANT hub_serving TO hub_worker;
CREATE ROLE hub_app LOGIN PASSWORD :'hub' IN ROLE hub_serving;
CREATE ROLE hub_jobs LOGIN PASSWORD :'jobs' IN ROLE hub_worker;
CREATE ROLE hub_owner LOGIN CREATEROLE PASSWORD :'owner';
GRANT hub_worker TO hub_owner WITH ADMIN OPTION;
CREATE DATABASE hub OWNER hub_owner;
SQL
