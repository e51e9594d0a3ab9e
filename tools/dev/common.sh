# SPDX-License-Identifier: Apache-2.0
# Shared by the scripts of tools/: progress lines with times, one clear line on failure. Source it.

started_at=$SECONDS

# say TEXT: one progress line, with the seconds since the script began.
say() {
    printf '[%4d s] %s\n' "$((SECONDS - started_at))" "$*"
}

# fail TEXT: one line that says what is missing, then the end.
fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# step TEXT COMMAND...: runs the command in silence into a log; shows the log's end only if it fails.
step() {
    local text=$1 log
    shift
    log="build/log/$(printf '%s' "$text" | tr -c 'a-zA-Z0-9' '_').log"
    mkdir -p build/log
    say "$text"
    if ! "$@" >"$log" 2>&1; then
        tail -n 60 "$log" >&2
        fail "$text failed; all of it is in $log"
    fi
}

# configure PRESET OPTION...: CMake's configure step, with ccache where there is one.
configure() {
    local preset=$1
    shift
    if command -v ccache >/dev/null; then
        set -- "-DCMAKE_CXX_COMPILER_LAUNCHER=ccache" "$@"
    fi
    cmake --preset "$preset" "$@"
}
