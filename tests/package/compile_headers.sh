#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# compile_headers.sh PREFIX COMPILER FOLDER STANDARD
# Each installed header compiles alone, with our warnings as errors, and shows no library of ours inside.
set -euo pipefail
prefix=$1 compiler=$2 folder=$3 standard=$4

flags=(-fsyntax-only "-std=c++$standard" -DMSGPACK_NO_BOOST "-I$prefix/include"
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wold-style-cast -Wnon-virtual-dtor -Werror)
mkdir -p "$folder"
count=0
for header in "$prefix"/include/fairlead/*.h; do
    name=${header##*/}
    [[ $name == coroutine.h && $standard -lt 20 ]] && continue
    printf '#include <fairlead/%s>\n#include <fairlead/%s>\n' "$name" "$name" >"$folder/alone.cpp"
    "$compiler" "${flags[@]}" "$folder/alone.cpp" || { echo "fairlead/$name does not compile alone" >&2; exit 1; }
    count=$((count + 1))
done
[[ $count -gt 0 ]] || { echo "no header in $prefix/include/fairlead" >&2; exit 1; }
echo "$count headers compile alone as C++$standard"
