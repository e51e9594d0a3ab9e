// SPDX-License-Identifier: Apache-2.0
#include "edge/json/from_msgpack.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include "edge/json/scanner.h"
#include "edge/json/to_msgpack.h"
#include "edge/json/writer.h"

using namespace fairlead::edge::json;

namespace {

std::string bytes(std::initializer_list<int> values) {
    std::string out;
    for (const int value : values)
        out += static_cast<char>(static_cast<unsigned char>(value));
    return out;
}

std::string json(const std::string& msgpack) {
    std::string out;
    const NoJson reason = append_json(msgpack, out);
    if (reason != NoJson::none) return out.empty() ? "no: " + std::string{to_string(reason)} : "left over";
    CHECK(scan(out).verdict == Verdict::ok);
    CHECK_FALSE(scan(out).value.spaced);
    return out;
}

NoJson reason(const std::string& msgpack) {
    std::string out = "kept";
    const NoJson why = append_json(msgpack, out);
    if (why != NoJson::none) CHECK(out == "kept");
    return why;
}

/// A random value as JSON text; numbers are spelled as append_json spells them, so that a round trip must
/// give the very same text.
class RandomJson {
public:
    explicit RandomJson(unsigned seed) : random_(seed) {}

    std::string value(unsigned depth) {
        switch (random_() % (depth == 0 ? 6U : 8U)) {
            case 0:
                return "null";
            case 1:
                return random_() % 2 == 0 ? "true" : "false";
            case 2:
                return std::to_string(random_() >> (random_() % 64));
            case 3:
                return "-" + std::to_string(1 + (random_() >> (1 + random_() % 63)));
            case 4:
                return number();
            case 5:
                return string();
            case 6:
                return container('[', ']', depth);
            default:
                return container('{', '}', depth);
        }
    }

private:
    std::string number() {
        const std::uint64_t bits = random_();
        double value = 0;
        std::memcpy(&value, &bits, sizeof value);
        if (random_() % 2 == 0) value = static_cast<double>(static_cast<std::int32_t>(bits)) / 8;
        std::string out;
        append_double(out, std::isfinite(value) ? value : -0.0);
        return out;
    }
    std::string string() {
        std::string text;
        for (std::uint64_t left = random_() % 40; left != 0; --left) {
            constexpr const char* kPieces[] = {
                "a", "\"", "\\", "\n", "\x01", "/", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", " "};
            text += kPieces[random_() % 10];
        }
        std::string out;
        append_string(out, text);
        return out;
    }
    std::string container(char open, char close, unsigned depth) {
        std::string out{open};
        for (std::uint64_t i = 0, count = random_() % 20; i < count; ++i) {
            if (i != 0) out += ',';
            if (open == '{') out += "\"" + std::to_string(i) + string().substr(1) + ":";
            out += value(depth - 1);
        }
        return out + close;
    }

    std::mt19937_64 random_;
};

}  // namespace

TEST_CASE("each MessagePack type that JSON has is translated", "[json][msgpack]") {
    CHECK(json(bytes({0xC0})) == "null");
    CHECK(json(bytes({0xC2})) == "false");
    CHECK(json(bytes({0xC3})) == "true");
    CHECK(json(bytes({0x05})) == "5");
    CHECK(json(bytes({0xE0})) == "-32");
    CHECK(json(bytes({0xCF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF})) == "18446744073709551615");
    CHECK(json(bytes({0xD3, 0x80, 0, 0, 0, 0, 0, 0, 0})) == "-9223372036854775808");
    CHECK(json(bytes({0xD3, 0, 0, 0, 0, 0, 0, 0, 7})) == "7");
    CHECK(json(bytes({0xCA, 0x3F, 0x80, 0, 0})) == "1.0");
    CHECK(json(bytes({0xCA, 0x3D, 0xCC, 0xCC, 0xCD})) == "0.10000000149011612");
    CHECK(json(bytes({0xCB, 0x3F, 0xF0, 0, 0, 0, 0, 0, 0})) == "1.0");
    CHECK(json(bytes({0xCB, 0x80, 0, 0, 0, 0, 0, 0, 0})) == "-0.0");
    CHECK(json(bytes({0xA0})) == "\"\"");
    CHECK(json(bytes({0xD9, 0x02, 'a', '\n'})) == R"("a\n")");
    CHECK(json(bytes({0x90})) == "[]");
    CHECK(json(bytes({0x80})) == "{}");
    CHECK(json(bytes({0x93, 0x01, 0x92, 0xA1, '[', 0x80, 0x90})) == R"([1,["[",{}],[]])");
    CHECK(json(bytes({0x82, 0xA1, '{', 0x80, 0xA0, 0x91, 0x81, 0xA1, 'a', 0xC0})) ==
          R"({"{":{},"":[{"a":null}]})");
    CHECK(json(bytes({0xDC, 0x00, 0x02, 0x01, 0x02})) == "[1,2]");
    CHECK(json(bytes({0xDF, 0, 0, 0, 1, 0xA1, 'a', 0x02})) == R"({"a":2})");
}

TEST_CASE("what JSON does not have is refused with its reason", "[json][msgpack]") {
    CHECK(reason(bytes({0xC4, 0x01, 0x00})) == NoJson::binary);
    CHECK(reason(bytes({0x91, 0xC4, 0x00})) == NoJson::binary);
    CHECK(reason(bytes({0xD4, 0x01, 0x00})) == NoJson::extension);
    CHECK(reason(bytes({0xD6, 0xFF, 0, 0, 0, 0})) == NoJson::extension);
    CHECK(reason(bytes({0xCB, 0x7F, 0xF0, 0, 0, 0, 0, 0, 0})) == NoJson::not_finite);
    CHECK(reason(bytes({0xCB, 0x7F, 0xF8, 0, 0, 0, 0, 0, 0})) == NoJson::not_finite);
    CHECK(reason(bytes({0xCA, 0xFF, 0x80, 0, 0})) == NoJson::not_finite);
    for (const auto& key :
         {bytes({0x01}), bytes({0xC0}), bytes({0xC3}), bytes({0xFF}), bytes({0x90}), bytes({0x80}),
          bytes({0xCA, 0x3F, 0x80, 0, 0}), bytes({0xCA, 0x7F, 0x80, 0, 0})}) {
        CHECK(reason(bytes({0x81}) + key + bytes({0x01})) == NoJson::key_not_str);
    }
    CHECK(reason(bytes({0xA1, 0xFF})) == NoJson::bad_utf8);
    CHECK(reason(bytes({0xA3, 0xED, 0xA0, 0x80})) == NoJson::bad_utf8);
    CHECK(reason(bytes({0x81, 0xA1, 0xC0, 0x01})) == NoJson::bad_utf8);
}

TEST_CASE("broken MessagePack is refused whole", "[json][msgpack]") {
    CHECK(reason("") == NoJson::malformed);
    CHECK(reason(bytes({0xC1})) == NoJson::malformed);
    CHECK(reason(bytes({0x01, 0x02})) == NoJson::malformed);
    CHECK(reason(bytes({0x91, 0x01, 0x02})) == NoJson::malformed);
    CHECK(reason(bytes({0xDD, 0xFF, 0xFF, 0xFF, 0xFF})) == NoJson::malformed);
    CHECK(reason(bytes({0xDF, 0xFF, 0xFF, 0xFF, 0xFF, 0xA1, 'a'})) == NoJson::malformed);
    CHECK(reason(bytes({0xDB, 0xFF, 0xFF, 0xFF, 0xFF, 'a'})) == NoJson::malformed);
    const std::string whole =
        bytes({0x82, 0xA1, 'a', 0x92, 0xCD, 0x01, 0x00, 0xC0, 0xA1, 'b', 0xD9, 0x01, 'c'});
    CHECK(reason(whole) == NoJson::none);
    for (std::size_t size = 0; size < whole.size(); ++size)
        CHECK(reason(whole.substr(0, size)) == NoJson::malformed);
}

TEST_CASE("MessagePack deeper than the limit is refused", "[json][msgpack]") {
    const auto nested = [](std::size_t depth) { return std::string(depth, '\x91') + '\x01'; };
    CHECK(reason(nested(64)) == NoJson::none);
    CHECK(reason(nested(65)) == NoJson::too_deep);
    CHECK(reason(std::string(64, '\x91') + '\x90') == NoJson::too_deep);
    CHECK(reason(nested(2'000'000)) == NoJson::too_deep);
    std::string bomb;
    for (int i = 0; i < 20'000; ++i)
        bomb += bytes({0xDC, 0xFF, 0xFF});
    CHECK(reason(bomb) == NoJson::too_deep);
}

TEST_CASE("values survive the way to MessagePack and back", "[json][msgpack]") {
    ToMsgpack translator;
    for (const std::string_view text :
         {"18446744073709551615", "-9223372036854775808", "9007199254740993", "1.0", "-0.0", "1e+30", "0.1",
          "5e-324", R"({"":{"":[]},"z":1,"a":2})", R"("\u0000\u001f\"\\/")", "\"\xE2\x80\xA8\"",
          "[null,true,false,{},[]]"}) {
        CAPTURE(text);
        std::string msgpack;
        REQUIRE(translator.append(text, msgpack) == Verdict::ok);
        CHECK(json(msgpack) == text);
    }
}

TEST_CASE("all of Unicode survives the way to MessagePack and back", "[json][msgpack]") {
    ToMsgpack translator;
    std::string escapes = "\"";
    std::string expected;
    for (std::uint32_t point = 0x20; point <= 0x10FFFF; point += point < 0x3000 ? 1 : 97) {
        if (point >= 0xD800 && point <= 0xDFFF) continue;
        char escape[16];
        if (point < 0x10000) {
            std::snprintf(escape, sizeof escape, "\\u%04X", point);
        } else {
            std::snprintf(escape, sizeof escape, "\\u%04x\\u%04x", 0xD800 + ((point - 0x10000) >> 10),
                          0xDC00 + (point & 0x3FF));
        }
        escapes += escape;
    }
    escapes += '"';
    std::string first;
    REQUIRE(translator.append(escapes, first) == Verdict::ok);
    const std::string raw = json(first);
    std::string second;
    REQUIRE(translator.append(raw, second) == Verdict::ok);
    CHECK(first == second);
    CHECK(raw.size() > 10'000);
}

TEST_CASE("random values survive the way to MessagePack and back", "[json][msgpack]") {
    ToMsgpack translator;
    for (unsigned seed = 0; seed < 3000; ++seed) {
        const std::string text = RandomJson{seed}.value(4);
        std::string msgpack;
        if (translator.append(text, msgpack) != Verdict::ok || json(msgpack) != text) {
            CAPTURE(seed, text);
            CHECK(json(msgpack) == text);
        }
    }
}
