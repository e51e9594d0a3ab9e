#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# consume_with_cmake.sh PREFIX COMPILER FOLDER STANDARD: find_package(fairlead), build, run.
set -euo pipefail
prefix=$1 compiler=$2 folder=$3 standard=$4

rm -rf "$folder"
cmake -S "$(dirname "$0")/consumer" -B "$folder" -G Ninja "-DCMAKE_CXX_COMPILER=$compiler" \
    "-DCMAKE_PREFIX_PATH=$prefix" "-DCMAKE_CXX_STANDARD=$standard" "-DCONSUMER_PREFIX=$prefix"
cmake --build "$folder"
"$folder/consumer"
"$folder/consumer_test"
