#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# install.sh PREFIX CMAKE BUILD: installs the SDK into an empty prefix, so that nothing old helps.
set -euo pipefail
prefix=$1 cmake=$2 build=$3

rm -rf "$prefix"
"$cmake" --install "$build" --component fairlead-dev --prefix "$prefix"
