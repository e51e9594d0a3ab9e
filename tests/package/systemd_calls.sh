#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# T53: the calls that it needs not are out of its reach.
# systemd_calls.sh UNIT COMPILER BIN WORK: the broker serves clients with the system calls that its unit leaves it.
# Skipped (77) where systemd-analyze is missing, or where this system allows no filters.
set -euo pipefail
unit=$1 compiler=$2 bin=$3 work=$4
command -v systemd-analyze >/dev/null || exit 77
mkdir -p "$work"

# names_of SET: the calls of a set such as @default, sets in it included.
names_of() {
    local word
    if [[ $1 != @* ]]; then
        echo "$1"
        return
    fi
    while read -r word; do
        [[ $word == "$1" || $word == \#* || -z $word ]] || names_of "$word"
    done < <(systemd-analyze syscall-filter "$1")
}

# As systemd reads it: the first line says what is allowed, a later one takes from it (~) or adds to it.
declare -A allowed
for name in $(names_of @default); do allowed[$name]=1; done
while read -r words; do
    [[ $words == ~* ]] && take=1 || take=0
    for word in ${words#\~}; do
        for name in $(names_of "$word"); do
            if ((take)); then unset "allowed[$name]"; else allowed[$name]=1; fi
        done
    done
done < <(sed -n 's/^SystemCallFilter=//p' "$unit")

# Numbers are the compiler's to know; calls that this processor lacks stay names.
{
    echo '#include <sys/syscall.h>'
    printf '__NR_%s\n' "${!allowed[@]}"
} | "$compiler" -E -P -x c++ - | grep -xE '[0-9]+' >"$work/calls"

"$bin/confine" "$work/calls" /bin/true || { [[ $? -eq 2 ]] && exit 77; }
"$bin/confine" "$work/calls" "$bin/fairlead-broker" --set websocket.listen=127.0.0.1:0 \
    --set 'backplane.listen=tcp://127.0.0.1:*' --set websocket.threads=2 2>"$work/log" &
broker=$!
trap 'kill -KILL "$broker" 2>/dev/null || true' EXIT

# wait_for TEXT: in the log, while the broker lives.
wait_for() {
    grep -m 1 -e "$1" < <(timeout 20 tail --pid="$broker" -n +1 -f "$work/log" 2>/dev/null) && return
    cat "$work/log" >&2
    exit 1
}
ready=$(wait_for 'ready: ')
url=$(grep -oE 'ws://[^ ,]+' <<<"$ready")
"$bin/fairlead" pub --url "$url" news:eu '{"a": 1}'
kill -HUP "$broker"
wait_for 'configuration reloaded' >/dev/null
kill -TERM "$broker"
wait "$broker" || { cat "$work/log" >&2 && exit 1; }
