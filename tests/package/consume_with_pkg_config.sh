#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# consume_with_pkg_config.sh PREFIX COMPILER FOLDER STANDARD: flags from fairlead.pc, build, run.
# The prefix is moved first: the file must find it by where it stands.
set -euo pipefail
prefix=$1 compiler=$2 folder=$3 standard=$4

rm -rf "$folder"
mkdir -p "$folder"
cp -a "$prefix" "$folder/moved"
pc=$(find "$folder/moved" -name fairlead.pc)
export PKG_CONFIG_PATH=${pc%/*}
read -ra flags <<<"$(pkg-config --cflags fairlead)"
read -ra libs <<<"$(pkg-config --libs fairlead)"
[[ " ${flags[*]} " == *" -DMSGPACK_NO_BOOST "* ]] || { echo "no MSGPACK_NO_BOOST in ${flags[*]}" >&2; exit 1; }
"$compiler" "-std=c++$standard" "${flags[@]}" "$(dirname "$0")/consumer/main.cpp" -o "$folder/consumer" "${libs[@]}"
LD_LIBRARY_PATH=${pc%/pkgconfig/*} "$folder/consumer"
