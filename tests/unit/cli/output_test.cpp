// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include <cmath>

#include "cli/connection.h"
#include "cli/json_value.h"
#include "cli/sub.h"

namespace fairlead::cli {
namespace {

std::string described(std::string_view push) {
    const auto reply = client::Reply::parse(push);
    REQUIRE(reply);
    return describe(*reply);
}

TEST_CASE("pushes are lines for people", "[sub]") {
    CHECK(described(R"({"push":{"channel":"a:b","pub":{"data":{"k":1}}}})") == R"(a:b {"k":1})");
    CHECK(
        described(
            R"({"push":{"channel":"a:b","pub":{"data":1,"offset":42,"info":{"user":"ann","client":"c"}}}})") ==
        "a:b #42 from ann 1");
    CHECK(described(R"({"push":{"channel":"a","pub":{"data":1,"info":{"user":"","client":"c-1"}}}})") ==
          "a from c-1 1");
    CHECK(described(R"({"push":{"channel":"a","unsubscribe":{"code":2500,"reason":"r"}}})") ==
          R"(a unsubscribe {"code":2500,"reason":"r"})");
    CHECK(described(R"({"push":{"message":{"data":7}}})") == R"((message) message {"data":7})");
}

TEST_CASE("payload arguments become one line of JSON", "[payload]") {
    CHECK(*payload_of("{\n \"a\": \"b\\n\" }", false) == "{  \"a\": \"b\\n\" }");
    CHECK(*payload_of("a \"b\"", true) == R"("a \"b\"")");
    CHECK(payload_of("hello", false).error().text.find("--text") != std::string::npos);
    CHECK_FALSE(payload_of("\xff", true));
    CHECK_FALSE(payload_of("", false));
}

std::string there_and_back(std::string_view json) {
    return to_json(to_value(*client::parse_json(json)));
}

TEST_CASE("JSON keeps its values on the way to a service and back", "[json]") {
    for (const char* json : {"null", "true", "false", "0", "-1", "9223372036854775807",
                             "-9223372036854775808", "18446744073709551615", "1.5", "1.0", R"("")",
                             R"("a\u0000b")", "[]", "{}", R"({"z":1,"a":[1,"x",null,{"b":false}]})"}) {
        CHECK(there_and_back(json) == json);
    }
}

TEST_CASE("what JSON does not have is told as well as it can", "[json]") {
    CHECK(to_json(Value(Bytes{1, 2, 3})) == R"("AQID")");
    CHECK(to_json(Value(std::nan(""))) == "null");
}

}  // namespace
}  // namespace fairlead::cli
