#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# T53: how much a broker that was broken into could reach.
# systemd_unit.sh CMAKE BUILD PREFIX: installs the broker and judges its unit as systemd does: 0 is the least
# exposed, 10 the most; one that says nothing has 9.6. Skipped (77) where there is no systemd-analyze.
set -euo pipefail
cmake=$1 build=$2 prefix=$3
most=15  # tenths

fail() {
    echo "$1" >&2
    exit 1
}

rm -rf "$prefix"
"$cmake" --install "$build" --component fairlead-broker --prefix "$prefix" >/dev/null
unit=$prefix/lib/systemd/system/fairlead-broker.service
[[ -f $unit ]] || fail "the unit is not installed"
[[ -x $prefix/bin/fairlead-broker ]] || fail "the broker is not installed"

# The least that is promised beside the score, which knows nothing of it.
for line in LimitCORE=0 Restart=on-failure RestartSec=1 'ExecReload=kill -HUP $MAINPID' MemorySwapMax=0; do
    grep -qxF "$line" "$unit" || fail "the unit lacks $line"
done
for key in MemoryMax MemoryHigh TasksMax LimitNOFILE LoadCredential; do
    grep -q "^$key=" "$unit" || fail "the unit lacks $key="
done

command -v systemd-analyze >/dev/null || exit 77
problems=$(systemd-analyze verify --no-pager "$unit" 2>&1 | grep -F fairlead-broker.service |
    grep -v 'is not executable' || true)  # neither the broker nor a bare system's kill is where systemd looks
[[ -z $problems ]] || fail "$problems"
judgement=$(systemd-analyze security --offline=true --threshold="$most" --no-pager "$unit") || {
    echo "$judgement"
    fail "the unit is more exposed than $most tenths"
}
tail -n 1 <<<"$judgement"
