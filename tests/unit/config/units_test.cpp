// SPDX-License-Identifier: Apache-2.0
#include "config/units.h"

#include <catch2/catch.hpp>

using namespace fairlead::config;

TEST_CASE("sizes are read with their unit", "[units]") {
    CHECK(parse_bytes("0 B").value == 0);
    CHECK(parse_bytes("512B").value == 512);
    CHECK(parse_bytes("64 KiB").value == 64 * 1024);
    CHECK(parse_bytes("64KiB").value == 64 * 1024);
    CHECK(parse_bytes("8 MiB").value == 8 * 1024 * 1024);
    CHECK(parse_bytes("2 GiB").value == std::int64_t{2} << 30);
    CHECK(parse_bytes("9223372036854775807 B").value == std::numeric_limits<std::int64_t>::max());
}

TEST_CASE("durations are read with their unit", "[units]") {
    CHECK(parse_milliseconds("0ms").value == 0);
    CHECK(parse_milliseconds("250ms").value == 250);
    CHECK(parse_milliseconds("15s").value == 15'000);
    CHECK(parse_milliseconds("15 s").value == 15'000);
    CHECK(parse_milliseconds("1m").value == 60'000);
    CHECK(parse_milliseconds("2h").value == 7'200'000);
}

TEST_CASE("what is no number with a unit is refused", "[units]") {
    for (const char* text : {"",
                             " ",
                             "B",
                             "1",
                             "1 ",
                             "+1 B",
                             "-1 B",
                             "1.5 MiB",
                             "1,5 MiB",
                             "0x10 B",
                             "1  B",
                             "1\tB",
                             "1 B ",
                             "1 KB",
                             "1 kB",
                             "1 MB",
                             "1K",
                             "1e3 B",
                             "1 B1",
                             "9223372036854775808 B",
                             "8589934592 GiB"}) {
        INFO(text);
        const auto parsed = parse_bytes(text);
        CHECK_FALSE(parsed.value);
        CHECK_FALSE(parsed.why.empty());
    }
    for (const char* text : {"1", "1 sec", "1S", "1d", "1m30s", "0.5s", "s", "1us"}) {
        INFO(text);
        CHECK_FALSE(parse_milliseconds(text).value);
    }
    for (const char* text : {"", "-1", "+1", "1.0", "1e3", "0x1", " 1", "1 ", "99999999999999999999"}) {
        INFO(text);
        CHECK_FALSE(parse_integer(text).value);
    }
}

TEST_CASE("what is written is read back", "[units]") {
    for (const std::int64_t number :
         {0LL, 1LL, 1000LL, 1024LL, 1025LL, 65536LL, 1048576LL, 1073741824LL, 5368709120LL}) {
        CHECK(parse_bytes(format_bytes(number)).value == number);
        CHECK(parse_milliseconds(format_milliseconds(number)).value == number);
    }
    CHECK(format_bytes(65536) == "64 KiB");
    CHECK(format_bytes(1000) == "1000 B");
    CHECK(format_milliseconds(90'000) == "90s");
    CHECK(format_milliseconds(250) == "250ms");
    CHECK(format_milliseconds(3'600'000) == "1h");
}
