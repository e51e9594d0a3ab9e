// SPDX-License-Identifier: Apache-2.0
#include <fairlead/result.h>
#include <catch2/catch.hpp>

#include <stdexcept>

#include "src/errors.h"

using fairlead::Error;
using fairlead::fail;
using fairlead::Result;

TEST_CASE("a result holds a value or an error", "[result]") {
    Result<std::string> good = "text";
    REQUIRE(good.ok());
    CHECK(*good == "text");
    CHECK(good->size() == 4);
    CHECK_THROWS_AS(good.error(), std::logic_error);

    Result<std::string> bad = fail(1422, "no");
    REQUIRE_FALSE(bad);
    CHECK(bad.error().code == 1422);
    CHECK_THROWS_AS(bad.value(), std::logic_error);

    CHECK(Result<void>().ok());
    CHECK_THROWS_AS(Result<void>(fail(400, "x")).value(), std::logic_error);
}

TEST_CASE("fail takes the application's numbers and the table's", "[result]") {
    for (std::uint32_t code : {400U, 999U, 1000U, 1999U, 100U, 104U, 111U}) {
        INFO(code);
        Error error = fail(code, "why");
        CHECK(error.code == code);
        CHECK(error.message == "why");
        CHECK(error.log_note.empty());
    }
    for (std::uint32_t code : {0U, 1U, 3U, 99U, 113U, 399U, 2000U, 3000U}) {
        INFO(code);
        Error error = fail(code, "secret");
        CHECK(error.code == 100);
        CHECK(error.message == "internal server error");
        CHECK_FALSE(error.temporary);
        CHECK(error.log_note.find("secret") != std::string::npos);
    }
}

TEST_CASE("fail takes the table's names", "[result]") {
    CHECK(fail("not_found", "no such order").code == 104);
    CHECK(fail("not_found").message == "method not found");
    CHECK(fail("overloaded").temporary);
    CHECK_FALSE(fail("denied").temporary);
    CHECK(fail("no_such_name", "x").code == 100);
    CHECK(fail("unavailable", "x").code == 100);
    CHECK(fail("not_found").name() == "not_found");
    CHECK(fail(1422, "x").name() == "application");
    CHECK(fail(1422, "x").text() == "1422: x");
}

TEST_CASE("what a handler may not say becomes 100", "[result]") {
    using fairlead::detail::to_sendable;
    CHECK(to_sendable(fail(1422, "x")).message == "x");
    Error local = to_sendable(Error{1, "deadline passed", true, {}});
    CHECK(local.code == 100);
    CHECK(local.temporary);
    CHECK_FALSE(local.log_note.empty());
    CHECK(to_sendable(Error{9999, "secret", false, {}}).message == "internal server error");
    CHECK(to_sendable(Error{1000, "\xff", false, {}}).message == "invalid UTF-8");
    CHECK(to_sendable(Error{1000, std::string(100'000, 'x'), false, {}}).message.size() == 4096);
}
