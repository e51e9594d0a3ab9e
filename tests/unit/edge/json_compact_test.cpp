// SPDX-License-Identifier: Apache-2.0
#include "edge/json/compact.h"

#include <catch2/catch.hpp>

using fairlead::edge::json::compact;

namespace {

std::string compacted(std::string_view json) {
    std::string out = ">";
    compact(json, out);
    return out;
}

}  // namespace

TEST_CASE("compact drops white space outside strings only", "[json][compact]") {
    CHECK(compacted("1") == ">1");
    CHECK(compacted("  [ 1 ,\r\n\t2 ]  ") == ">[1,2]");
    CHECK(compacted("{ \"a b\" : \" \\\" \\\\\" , \"c\":\t\"\\n\" }") == R"(>{"a b":" \" \\","c":"\n"})");
    CHECK(compacted("[ 1.50 , 1E2, 18446744073709551616 ]") == ">[1.50,1E2,18446744073709551616]");
}
