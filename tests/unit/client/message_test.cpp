// SPDX-License-Identifier: Apache-2.0
#include "client/message.h"

#include <catch2/catch.hpp>

namespace fairlead::client {
namespace {

TEST_CASE("fragments join, with control frames between them", "[message]") {
    MessageAssembler assembler(100);
    const auto first = assembler.take({false, Opcode::text, "ab"});
    REQUIRE(first);
    CHECK_FALSE(*first);
    const auto ping = assembler.take({true, Opcode::ping, "p"});
    REQUIRE(ping);
    REQUIRE(*ping);
    CHECK((*ping)->kind == Event::Kind::ping);
    const auto last = assembler.take({true, Opcode::continuation, "cd"});
    REQUIRE(last);
    REQUIRE(*last);
    CHECK((*last)->kind == Event::Kind::text);
    CHECK((*last)->payload == "abcd");
}

TEST_CASE("fragments out of order are refused", "[message]") {
    CHECK_FALSE(MessageAssembler(100).take({true, Opcode::continuation, "x"}));
    MessageAssembler assembler(100);
    REQUIRE(assembler.take({false, Opcode::text, "ab"}));
    CHECK_FALSE(assembler.take({true, Opcode::text, "cd"}));
}

TEST_CASE("the bound counts the whole message", "[message]") {
    MessageAssembler assembler(4);
    REQUIRE(assembler.take({false, Opcode::binary, "abc"}));
    const auto over = assembler.take({true, Opcode::continuation, "de"});
    REQUIRE_FALSE(over);
    CHECK(over.error().fault == Fault::too_large);
}

TEST_CASE("close frames are read and checked", "[message]") {
    const auto close = [](std::string payload) {
        return MessageAssembler(100).take({true, Opcode::close, std::move(payload)});
    };
    const auto good = close(close_payload(3501, "bad request"));
    REQUIRE(good);
    CHECK((*good)->close_code == 3501);
    CHECK((*good)->payload == "bad request");
    CHECK((*close(""))->close_code == 1005);
    CHECK_FALSE(close("x"));
    CHECK_FALSE(close(close_payload(1006, "")));
    CHECK_FALSE(close(close_payload(2999, "")));
    CHECK_FALSE(close(close_payload(1000, "\xff")));
}

TEST_CASE("UTF-8 is told from what is not", "[message]") {
    for (const char* good : {"", "abc", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf",
                             "\xee\x80\x80", "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
        INFO(good);
        CHECK(is_utf8(good));
    }
    for (const char* bad :
         {"\x80", "\xc0\xaf", "\xc1\xbf", "\xc2", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xe2\x82",
          "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "a\xe2\x28\xa1"}) {
        INFO(bad);
        CHECK_FALSE(is_utf8(bad));
    }
    CHECK_FALSE(MessageAssembler(100).take({true, Opcode::text, "\xff"}));
    CHECK(MessageAssembler(100).take({true, Opcode::binary, "\xff"}));
}

}  // namespace
}  // namespace fairlead::client
