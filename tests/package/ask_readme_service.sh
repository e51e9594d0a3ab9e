#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# ask_readme_service.sh BIN
# Starts a broker on free ports and the service of README.md, and asks it once rightly and once wrongly.
set -euo pipefail
bin=$1
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true' EXIT

# read_until FD REGEX: the rest of the output stays unread, it is short.
read_until() {
    local line
    while read -r -t 30 -u "$1" line; do
        if [[ $line =~ $2 ]]; then return; fi
    done
    echo "no output that matches: $2" >&2
    return 1
}

expect() {
    [[ $1 == "$2" ]] || { echo "expected $2, got $1" >&2; exit 1; }
}

exec {broker}< <(exec "$bin/fairlead-broker" --set websocket.listen=127.0.0.1:0 \
    --set 'backplane.listen=tcp://127.0.0.1:*' 2>&1)
pids+=($!)
read_until "$broker" 'ready: .*(tcp://127\.0\.0\.1:[0-9]+)'
export FAIRLEAD_SDK_BROKERS=${BASH_REMATCH[1]}

exec {service}< <(exec "$bin/readme_service" 2>&1)
service_pid=$!
pids+=("$service_pid")
read_until "$service" 'linked to the broker'

expect "$("$bin/fairlead" call orders.create '{"sku":"tea","qty":2}')" '{"user":"","sku":"tea","qty":2}'
expect "$("$bin/fairlead" call --json orders.create '{"sku":"tea","qty":0}' 2>/dev/null || true)" \
    '{"error":{"code":1422,"message":"qty must be positive"}}'

kill -TERM "$service_pid"
wait "$service_pid" || { echo "the service ended with status $?" >&2; exit 1; }
