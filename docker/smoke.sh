#!/usr/bin/env bash
# After `docker compose up`: does the hub answer, is it ready, does it refuse who has no token, and hide its metrics?
# Options for curl, such as a test certificate's `--cacert docker/tls/hub.pem`, come after the address.
set -euo pipefail
base=${1:?the address of the hub, as in HUB_BASE_URL}
ask() { curl -s "${@:2}" "$base$1"; }
options=("${@:2}")
for _ in $(seq 60); do ask /readyz -f "${options[@]}" >/dev/null && break; sleep 1; done
ask /livez -fS "${options[@]}"; echo
ask /readyz -fS "${options[@]}"; echo
ask /fhir/R4/metadata -fS "${options[@]}" | grep -q '"CapabilityStatement"'
status() { ask "$1" -o /dev/null -w '%{http_code}' "${@:2}" "${options[@]}"; }
test "$(status /graphql -H 'Content-Type: application/json' -d '{"query":"{viewer{clientId}}"}')" = 401
test "$(status /metrics)" = 404
echo "the hub at $base is up"
