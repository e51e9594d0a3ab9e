// SPDX-License-Identifier: Apache-2.0
// Every test program's main(). Not the one of Debian's library: that is not instrumented, and the inline functions of
// the standard library that it carries (the release of a shared_ptr) hide ours from the thread sanitizer.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
