// SPDX-License-Identifier: Apache-2.0
#include "edge/json/to_msgpack.h"

#include <catch2/catch.hpp>
#include <msgpack.hpp>

using namespace fairlead::edge::json;

namespace {

/// The translation in hexadecimal, or the verdict.
std::string hex(std::string_view json) {
    ToMsgpack translator;
    std::string bytes;
    const Verdict verdict = translator.append(json, bytes);
    if (verdict != Verdict::ok)
        return bytes.empty() ? "verdict " + std::to_string(static_cast<int>(verdict)) : "left over";
    std::string out;
    for (const char byte : bytes) {
        constexpr std::string_view kDigits = "0123456789abcdef";
        out += kDigits[static_cast<unsigned char>(byte) >> 4];
        out += kDigits[static_cast<unsigned char>(byte) & 0xF];
    }
    return out;
}

/// What the msgpack library makes of the translation.
msgpack::object_handle unpacked(const std::string& json) {
    ToMsgpack translator;
    std::string bytes;
    REQUIRE(translator.append(json, bytes) == Verdict::ok);
    return msgpack::unpack(bytes.data(), bytes.size());
}

std::string list(std::size_t count, std::string_view item) {
    std::string out = "[";
    for (std::size_t i = 0; i < count; ++i)
        out += (i == 0 ? "" : ",") + std::string{item};
    return out + "]";
}

const std::string kRefused = "verdict 1";
const std::string kMalformed = "verdict 2";
const std::string kBadUtf8 = "verdict 3";

}  // namespace

TEST_CASE("integers within 64 bits stay integers, the shortest", "[json][msgpack]") {
    CHECK(hex("0") == "00");
    CHECK(hex("127") == "7f");
    CHECK(hex("128") == "cc80");
    CHECK(hex("255") == "ccff");
    CHECK(hex("256") == "cd0100");
    CHECK(hex("65535") == "cdffff");
    CHECK(hex("65536") == "ce00010000");
    CHECK(hex("4294967295") == "ceffffffff");
    CHECK(hex("4294967296") == "cf0000000100000000");
    CHECK(hex("9007199254740993") == "cf0020000000000001");
    CHECK(hex("18446744073709551615") == "cfffffffffffffffff");
    CHECK(hex("-1") == "ff");
    CHECK(hex("-32") == "e0");
    CHECK(hex("-33") == "d0df");
    CHECK(hex("-128") == "d080");
    CHECK(hex("-129") == "d1ff7f");
    CHECK(hex("-32769") == "d2ffff7fff");
    CHECK(hex("-2147483649") == "d3ffffffff7fffffff");
    CHECK(hex("-9223372036854775808") == "d38000000000000000");
}

TEST_CASE("all other numbers are doubles", "[json][msgpack]") {
    CHECK(hex("1.0") == "cb3ff0000000000000");
    CHECK(hex("-0.0") == "cb8000000000000000");
    CHECK(hex("-0") == "cb8000000000000000");
    CHECK(hex("1e2") == "cb4059000000000000");
    CHECK(hex("0.1") == "cb3fb999999999999a");
    CHECK(hex("18446744073709551616") == "cb43f0000000000000");
    CHECK(hex("-9223372036854775809") == "cbc3e0000000000000");
    CHECK(hex("1e-400") == "cb0000000000000000");
    CHECK(hex("1e400") == kRefused);
    CHECK(hex("[1,2,1e400]") == kRefused);
}

TEST_CASE("words, strings and containers", "[json][msgpack]") {
    CHECK(hex("null") == "c0");
    CHECK(hex("false") == "c2");
    CHECK(hex(" true ") == "c3");
    CHECK(hex("\"\"") == "a0");
    CHECK(hex("\"abc\"") == "a3616263");
    CHECK(hex("[]") == "90");
    CHECK(hex("{}") == "80");
    CHECK(hex("[1,[2,{}]]") ==
          "92019202"
          "80");
    CHECK(hex(R"({"b":1,"a":2,"":3})") == "83a16201a16102a003");
    CHECK(hex(R"(["a\nb","\u00e9\ud83d\ude00\u0000","\""])") == "93a3610a62a7c3a9f09f988000a122");
}

TEST_CASE("headers grow with size and count", "[json][msgpack]") {
    for (const std::size_t size : {31U, 32U, 255U, 256U, 65535U, 65536U}) {
        const auto plain = unpacked("\"" + std::string(size, 'x') + "\"");
        CHECK(plain.get().as<std::string>() == std::string(size, 'x'));
        const auto escaped = unpacked("\"" + std::string(size - 1, 'x') + "\\n\"");
        CHECK(escaped.get().as<std::string>() == std::string(size - 1, 'x') + "\n");
    }
    for (const std::size_t count : {15U, 16U, 65535U, 65536U}) {
        const auto flat = unpacked(list(count, "7"));
        CHECK(flat.get().via.array.size == count);
        CHECK(flat.get().via.array.ptr[count - 1].as<int>() == 7);
        std::string object = "{";
        for (std::size_t i = 0; i < count; ++i)
            object += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":" + std::to_string(i);
        const auto map = unpacked(object + "}");
        REQUIRE(map.get().via.map.size == count);
        CHECK(map.get().via.map.ptr[count - 1].val.as<std::size_t>() == count - 1);
    }
    CHECK(unpacked(list(16, list(17, list(18, "\"a\""))))
              .get()
              .via.array.ptr[15]
              .via.array.ptr[16]
              .via.array.size == 18);
}

TEST_CASE("of equal keys the last value wins in the place of the first", "[json][msgpack]") {
    CHECK(hex(R"({"a":1,"b":2,"a":3})") == "82a16103a16202");
    CHECK(hex(R"({"a":1,"a":2,"a":3})") == "81a16103");
    CHECK(hex(R"({"a":1,"\u0061":[2]})") == "81a1619102");
    CHECK(hex(R"([{"a":{"x":1,"x":{}},"a":{"y":1,"y":2}},5])") == "9281a16181a1790205");
    CHECK(hex(R"({"":1,"":"z"})") == "81a0a17a");

    std::string many = "{";
    for (int round = 0; round < 3; ++round) {
        for (int i = 0; i < 40; ++i)
            many += "\"" + std::to_string(i) + "\":" + std::to_string(1000 * round + i) + ",";
    }
    const auto handle = unpacked(many + "\"7\":\"last\"}");
    const auto& map = handle.get().via.map;
    REQUIRE(map.size == 40);
    for (std::uint32_t i = 0; i < 40; ++i) {
        CHECK(map.ptr[i].key.as<std::string>() == std::to_string(i));
        if (i != 7) CHECK(map.ptr[i].val.as<unsigned>() == 2000 + i);
    }
    CHECK(map.ptr[7].val.as<std::string>() == "last");
}

TEST_CASE("a map of 16 that shrinks under equal keys gets the short header", "[json][msgpack]") {
    std::string object = "{";
    for (int i = 0; i < 15; ++i)
        object += "\"" + std::to_string(i) + "\":0,";
    CHECK(hex(object + "\"0\":0}").substr(0, 2) == "8f");
    CHECK(hex(object + "\"x\":0}").substr(0, 6) == "de0010");
}

TEST_CASE("what cannot be carried is refused and leaves nothing behind", "[json][msgpack]") {
    CHECK(hex(R"(["a","\ud800"])") == kRefused);
    CHECK(hex(R"({"\udc00":1})") == kRefused);
    CHECK(hex(std::string(64, '[') + std::string(64, ']')) != kRefused);
    CHECK(hex(std::string(65, '[') + std::string(65, ']')) == kRefused);
    CHECK(hex(std::string(1'000'000, '[') + std::string(1'000'000, ']')) == kRefused);
    CHECK(hex(std::string(1'000'000, '[')) == kMalformed);
    CHECK(hex("[1,]") == kMalformed);
    CHECK(hex("") == kMalformed);
    CHECK(hex("1 2") == kMalformed);
    CHECK(hex("{\"a\":1,\"b\"}") == kMalformed);
    CHECK(hex("[\"\xFF\"]") == kBadUtf8);

    ToMsgpack translator{2};
    std::string out = "kept";
    CHECK(translator.append("[[[1]]]", out) == Verdict::refused);
    CHECK(translator.refusal() == Refusal::too_deep);
    CHECK(out == "kept");
    CHECK(translator.append("[[1]]", out) == Verdict::ok);
    CHECK(translator.refusal() == Refusal::none);
    CHECK(out == "kept\x91\x91\x01");
}
