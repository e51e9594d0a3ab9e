// SPDX-License-Identifier: Apache-2.0
#include "wire/error.h"

#include <catch2/catch.hpp>
#include <cctype>
#include <set>
#include <string>

#include "wire/limits.h"
#include "wire/utf8.h"

namespace fairlead::wire {

TEST_CASE("the numbers of the errors are those of the protocol", "[wire][error]") {
    struct Case {
        std::uint32_t number;
        const char* name;
        bool temporary;
    };
    const Case cases[] = {
        {1, "deadline", false},         {2, "unavailable", true},         {3, "stopped", false},
        {100, "internal", true},        {101, "unauthorized", false},     {102, "unknown_channel", false},
        {103, "denied", false},         {104, "not_found", false},        {105, "already_subscribed", false},
        {106, "limit_exceeded", false}, {107, "bad_request", false},      {108, "not_available", false},
        {109, "expired", false},        {110, "position_expired", false}, {111, "overloaded", true},
        {112, "unrecoverable", false}};
    for (const Case& each : cases) {
        INFO(each.name);
        const ErrorRow* row = find_error(each.number);
        REQUIRE(row != nullptr);
        CHECK(row == find_error(std::string_view(each.name)));
        CHECK(row->name == each.name);
        CHECK(row->temporary == each.temporary);
        CHECK_FALSE(row->message.empty());
    }
}

TEST_CASE("numbers and names outside the table are not found", "[wire][error]") {
    CHECK(find_error(99) == nullptr);
    CHECK(find_error(1000) == nullptr);
    CHECK(find_error("") == nullptr);
    CHECK(find_error("Internal") == nullptr);
}

TEST_CASE("a failure has the text of the table unless it is given one", "[wire][error]") {
    CHECK(failure(Code::not_found).message == "method not found");
    const Failure failed = failure(Code::overloaded, "the queue of orders.create is full");
    CHECK(failed.code == 111);
    CHECK(failed.message == "the queue of orders.create is full");
    CHECK(failed.temporary);
    CHECK(failure(static_cast<Code>(1422), "own").code == 1422);
}

TEST_CASE("every close code has a reason that clients can be given", "[wire][error]") {
    std::set<std::string_view> terminal;
    for (std::uint32_t code = 1000; code < 5000; ++code) {
        const std::string_view reason = close_reason(static_cast<Close>(code));
        REQUIRE_FALSE(reason.empty());
        REQUIRE(reason.size() <= kMaxCloseReasonBytes);
        REQUIRE(valid_utf8(reason));
        REQUIRE(std::isalpha(static_cast<unsigned char>(reason.front())) != 0);
        // Of what begins with a letter, only these three are JSON.
        REQUIRE((reason != "true" && reason != "false" && reason != "null"));
        if (code >= 3500 && reason != "connection closed") {
            terminal.insert(reason);
        }
    }
    CHECK(terminal.size() == 10);
    CHECK(close_reason(Close::slow) == "slow");
    CHECK(close_reason(Close::invalid_token) == "invalid token");
    CHECK(close_reason(Close::stale) == "stale");
}

}  // namespace fairlead::wire
