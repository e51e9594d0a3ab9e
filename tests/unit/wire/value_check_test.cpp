// SPDX-License-Identifier: Apache-2.0
#include "wire/value_check.h"

#include <catch2/catch.hpp>
#include <msgpack.hpp>
#include <random>
#include <string>

#include "unit/wire/frames.h"

namespace fairlead::wire {
namespace {

using test::from_hex;

/// `levels` arrays around a 1.
std::string nested(std::size_t levels) {
    return std::string(levels, '\x91') + '\x01';
}

void pack_random(msgpack::packer<msgpack::sbuffer>& packer, std::mt19937& engine, int depth) {
    const auto below = [&](std::uint32_t count) {
        return std::uniform_int_distribution<std::uint32_t>(0, count - 1)(engine);
    };
    switch (below(depth > 0 ? 8 : 6)) {
        case 0:
            return static_cast<void>(packer.pack_nil());
        case 1:
            return static_cast<void>(packer.pack(below(2) == 0));
        case 2:
            return static_cast<void>(
                packer.pack(static_cast<std::int64_t>(engine()) - (std::int64_t{1} << 31)));
        case 3:
            return static_cast<void>(packer.pack(0.5));
        case 4:
            return static_cast<void>(packer.pack(std::string(below(40), 'x')));
        case 5:
            return static_cast<void>(packer.pack_bin(3).pack_bin_body("\x00\xff\x80", 3));
        default:
            break;
    }
    const std::uint32_t items = below(5);
    const bool map = below(2) == 0;
    map ? packer.pack_map(items) : packer.pack_array(items);
    for (std::uint32_t i = 0; i < (map ? 2 * items : items); ++i) {
        pack_random(packer, engine, depth - 1);
    }
}

std::string random_value(std::mt19937& engine) {
    msgpack::sbuffer buffer;
    msgpack::packer<msgpack::sbuffer> packer(buffer);
    pack_random(packer, engine, 6);
    return {buffer.data(), buffer.size()};
}

}  // namespace

TEST_CASE("one value of any type is taken", "[wire][value]") {
    for (const char* hex : {"c0",
                            "c2",
                            "c3",
                            "00",
                            "7f",
                            "ff",
                            "cc ff",
                            "d3 80 00 00 00 00 00 00 00",
                            "ca 7f c0 00 00",
                            "cb 00 00 00 00 00 00 00 00",
                            "a0",
                            "a1 61",
                            "d9 00",
                            "db 00 00 00 00",
                            "c4 00",
                            "c6 00 00 00 01 ff",
                            "90",
                            "80",
                            "dc 00 00",
                            "df 00 00 00 00",
                            "81 a1 61 91 c0",
                            "81 01 02",
                            "d4 01 00",
                            "c7 00 05"}) {
        INFO(hex);
        CHECK(check_value(from_hex(hex)) == ValueFault::none);
    }
}

TEST_CASE("T39: what is not exactly one value is refused, and why", "[wire][value]") {
    struct Case {
        const char* hex;
        ValueFault fault;
    };
    const Case cases[] = {{"", ValueFault::empty},
                          {"c1", ValueFault::malformed},
                          {"91 c1", ValueFault::malformed},
                          {"c0 c0", ValueFault::trailing},
                          {"90 00", ValueFault::trailing},
                          {"a1", ValueFault::truncated},
                          {"92 01", ValueFault::truncated},
                          {"cd 01", ValueFault::truncated},
                          {"db ff ff ff ff", ValueFault::truncated},
                          {"a1 ff", ValueFault::invalid_utf8},
                          {"81 a1 80 01", ValueFault::invalid_utf8},
                          {"dd ff ff ff ff", ValueFault::too_many},
                          {"df ff ff ff ff", ValueFault::too_many},
                          {"df 80 00 00 00", ValueFault::too_many}};
    for (const Case& each : cases) {
        INFO(each.hex);
        CHECK(check_value(from_hex(each.hex)) == each.fault);
    }
}

TEST_CASE("T39: a value is bounded in depth", "[wire][value]") {
    CHECK(check_value(nested(kDefaultValueDepth)) == ValueFault::none);
    CHECK(check_value(nested(kDefaultValueDepth + 1)) == ValueFault::too_deep);
    ValueLimits limits;
    limits.depth = kHardValueDepth;
    CHECK(check_value(nested(kHardValueDepth), limits) == ValueFault::none);
    CHECK(check_value(nested(kHardValueDepth + 1), limits) == ValueFault::too_deep);
    CHECK(check_value(std::string(kDefaultPayloadBytes, '\x91'), limits) == ValueFault::too_deep);
    std::string maps;
    for (std::size_t i = 0; i <= kDefaultValueDepth; ++i) {
        maps += from_hex("81 a1 61");
    }
    CHECK(check_value(maps + '\x01') == ValueFault::too_deep);
    limits.depth = 0;
    CHECK(check_value(from_hex("01"), limits) == ValueFault::none);
    CHECK(check_value(from_hex("90"), limits) == ValueFault::too_deep);
}

TEST_CASE("siblings do not add to the depth", "[wire][value]") {
    std::string value = from_hex("dc 01 00");
    for (int i = 0; i < 256; ++i) {
        value += from_hex("92 90 81 a1 61 80");
    }
    ValueLimits limits;
    limits.depth = 4;
    CHECK(check_value(value, limits) == ValueFault::none);
    limits.depth = 3;
    CHECK(check_value(value, limits) == ValueFault::too_deep);
}

TEST_CASE("T39: a value is bounded in bytes and parts", "[wire][value]") {
    ValueLimits limits;
    limits.bytes = 4;
    CHECK(check_value(from_hex("93 01 02 03"), limits) == ValueFault::none);
    CHECK(check_value(from_hex("94 01 02 03 04"), limits) == ValueFault::too_big);
    limits = {};
    limits.items = 4;
    CHECK(check_value(from_hex("93 01 02 03"), limits) == ValueFault::none);
    CHECK(check_value(from_hex("94 01 02 03 04"), limits) == ValueFault::too_many);
    CHECK(check_value(from_hex("92 01 92 02 03"), limits) == ValueFault::too_many);
    CHECK(check_value(from_hex("81 01 02"), limits) == ValueFault::none);
    CHECK(check_value(from_hex("82 01 02 03 04"), limits) == ValueFault::too_many);
}

TEST_CASE("a default payload of small integers stays inside the count", "[wire][value]") {
    const std::size_t items = kDefaultPayloadBytes - 5;
    std::string value = {'\xdd', '\x00', static_cast<char>(items >> 16), static_cast<char>(items >> 8 & 0xff),
                         static_cast<char>(items & 0xff)};
    value.append(items, '\x07');
    CHECK(check_value(value) == ValueFault::none);
}

TEST_CASE("extension types can be refused", "[wire][value]") {
    ValueLimits limits;
    limits.ext = false;
    CHECK(check_value(from_hex("91 d6 ff 00 00 00 00"), limits) == ValueFault::ext_refused);
}

TEST_CASE("what JSON cannot hold can be refused", "[wire][value]") {
    ValueLimits limits;
    limits.json = true;
    for (const char* bytes : {"c4 01 00",                     // bin
                              "d6 ff 00 00 00 00",            // ext
                              "cb 7f f0 00 00 00 00 00 00",   // infinity
                              "ca 7f c0 00 00",               // NaN
                              "81 01 02", "81 c0 02", "81 c2 02", "81 cb 3f f0 00 00 00 00 00 00 02",
                              "81 90 02", "81 80 02",         // keys that are no text
                              "91 81 a1 61 c4 00"}) {         // deep inside
        CAPTURE(bytes);
        CHECK(check_value(from_hex(bytes), limits) == ValueFault::not_json);
        CHECK(check_value(from_hex(bytes)) == ValueFault::none);
    }
    CHECK(check_value(from_hex("82 a1 61 93 c0 01 cb 3f f0 00 00 00 00 00 00 a0 81 a1 62 ff"), limits) == ValueFault::none);
}

TEST_CASE("random values are taken, and none of their prefixes", "[wire][value]") {
    std::mt19937 engine(3);
    for (int round = 0; round < 300; ++round) {
        const std::string value = random_value(engine);
        REQUIRE(check_value(value) == ValueFault::none);
        REQUIRE(check_value(value + '\x00') == ValueFault::trailing);
        for (std::size_t bytes = 1; bytes < value.size(); ++bytes) {
            REQUIRE(check_value(std::string(value, 0, bytes)) == ValueFault::truncated);
        }
    }
}

TEST_CASE("every fault has words", "[wire][value]") {
    for (int fault = 0; fault <= static_cast<int>(ValueFault::not_json); ++fault) {
        CHECK(to_string(static_cast<ValueFault>(fault)) != "unknown fault");
    }
}

}  // namespace fairlead::wire
