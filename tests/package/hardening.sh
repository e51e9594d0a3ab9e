#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# T51: what stands between a bug in the program and its use.
# hardening.sh READELF OBJDUMP PROGRAM
set -euo pipefail
readelf=$1 objdump=$2 program=$3
failures=0

headers=$("$readelf" --wide --file-header --program-headers --dynamic "$program")
symbols=$("$readelf" --wide --dyn-syms "$program")

# must TEXT PATTERN WHAT, must_not TEXT PATTERN WHAT
must() {
    grep -qE -- "$2" <<<"$1" || { echo "$program: $3" >&2 && failures=1; }
}
must_not() {
    ! grep -qE -- "$2" <<<"$1" || { echo "$program: $3" >&2 && failures=1; }
}

must "$headers" 'Type: +DYN' 'its addresses are known: no position independent executable'
must "$headers" 'FLAGS_1.* PIE' 'no position independent executable'
must "$headers" 'GNU_RELRO' 'tables of the dynamic linker stay writable: no relro'
must "$headers" 'FLAGS_1.* NOW' 'symbols are bound late, in writable tables: no -z now'
must "$headers" 'GNU_STACK .* RW ' 'the stack can be executed'
must_not "$headers" 'LOAD .* RWE ' 'memory that is writable and can be executed'
must_not "$headers" 'TEXTREL|RPATH|RUNPATH' 'relocations in code, or libraries from a folder of its own'
must "$symbols" ' __stack_chk_fail@' 'no stack protector'
must "$symbols" ' __(mem|str|v?s?n?printf|v?f?printf|read|recv|poll|fdelt)[a-z]*_chk@' 'no fortified function of libc'
must "$symbols" ' _ZSt21__glibcxx_assert_fail' 'no assertions of the C++ library'
if [[ $(uname -m) == x86_64 ]]; then
    # Debian 12's own start-up code does without, so the mark of the whole program is not there; ours has it.
    code=$("$objdump" --disassemble=main --no-show-raw-insn "$program")
    must "$code" 'endbr64' 'main() is no marked target of jumps: no -fcf-protection'
fi
exit "$failures"
