#!/usr/bin/env bash
# After `docker compose up`: does the hub answer, is it ready, and does it refuse who has no token?
set -euo pipefail
base=${1:-http://127.0.0.1:8000}
for _ in $(seq 60); do curl -fs "$base/readyz" >/dev/null && break; sleep 1; done
curl -fsS "$base/livez"; echo
curl -fsS "$base/readyz"; echo
curl -fsS "$base/fhir/R4/metadata" | grep -q '"CapabilityStatement"'
test "$(curl -s -o /dev/null -w '%{http_code}' -H 'Content-Type: application/json' -d '{"query":"{viewer{clientId}}"}' "$base/graphql")" = 401
echo "the hub at $base is up"
