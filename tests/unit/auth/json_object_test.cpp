// SPDX-License-Identifier: Apache-2.0
#include "auth/json_object.h"

#include <catch2/catch.hpp>

namespace fairlead::auth {
namespace {

TEST_CASE("a member keeps its kind and its value's text", "[json_object]") {
    const auto object = JsonObject::parse(
        " { \"s\" : \"a\\n\\u00e9\" , \"n\":1.0e+2,\n\"big\":12345678901234567890123,\"a\":[ \"x\", [\"y\"], "
        "{\"z\":\"w\"}, 1 ],"
        "\"o\":{ \"b\": true, \"a\" : null,\"b\":2 }, \"t\":true, \"z\":null, \"\":\"\" } ",
        8);
    REQUIRE(object);
    CHECK(object->find("s")->kind == JsonKind::string);
    CHECK(object->find("s")->text == "a\n\xc3\xa9");
    CHECK(object->find("s")->json == "\"a\\n\xc3\xa9\"");
    CHECK(object->find("n")->kind == JsonKind::number);
    CHECK(object->find("n")->json == "1.0e+2");
    CHECK(object->find("big")->json == "12345678901234567890123");
    CHECK(object->find("a")->kind == JsonKind::array);
    CHECK(object->find("a")->json == R"(["x",["y"],{"z":"w"},1])");
    CHECK(object->find("a")->strings == std::vector<std::string>{"x"});
    CHECK(object->find("o")->kind == JsonKind::object);
    CHECK(object->find("o")->json == R"({"b":true,"a":null,"b":2})");
    CHECK(object->find("a")->size == 4);
    CHECK(object->find("o")->strings == std::vector<std::string>{"b", "a", "b"});
    CHECK(object->find("o")->size == 3);
    CHECK(object->members().size() == 8);
    CHECK(object->members().back().name.empty());
    CHECK(object->find("t")->kind == JsonKind::boolean);
    CHECK(object->find("z")->kind == JsonKind::null);
    CHECK(object->find("")->text.empty());
    CHECK(object->find("x") == nullptr);
}

TEST_CASE("what is not one JSON object is nothing", "[json_object]") {
    const std::string text = GENERATE(
        "", " ", "null", "1", "\"a\"", "[]", "[{}]", "{", "}", "{}{}", "{},", "{} x", "{\"a\":1,}", "{\"a\"}",
        "{a:1}", "{'a':1}", "{\"a\":01}", "{\"a\":+1}", "{\"a\":.5}", "{\"a\":1.}", "{\"a\":NaN}",
        "{\"a\":Infinity}", "{\"a\":tru}", "{\"a\":\"\n\"}", "{\"a\":\"\\x\"}", "{\"a\":\"\\ud800\"}",
        "{\"a\":\"\xff\"}", "{\"a\":\"\xc0\x80\"}", "{\"a\":\"\xed\xa0\x80\"}", "{\"\xff\":1}", "{/**/}",
        "\xef\xbb\xbf{}", std::string("{}\0", 3), std::string("{}\0{", 4), std::string("{\0}", 3));
    CAPTURE(text);
    CHECK_FALSE(JsonObject::parse(text, 8));
}

TEST_CASE("a name twice is refused in whatever spelling", "[json_object]") {
    CHECK_FALSE(JsonObject::parse(R"({"a":1,"a":1})", 8));
    CHECK_FALSE(JsonObject::parse(R"({"a":1,"b":2,"\u0061":3})", 8));
    CHECK(JsonObject::parse(R"({"a":1,"A":1})", 8));
}

TEST_CASE("the number of members is bounded", "[json_object]") {
    const auto object_of = [](int members) {
        std::string text = "{\"a\":0";
        for (int i = 1; i < members; ++i)
            text += ",\"" + std::to_string(i) + "\":0";
        return text + "}";
    };
    CHECK(JsonObject::parse(object_of(256), 8));
    CHECK_FALSE(JsonObject::parse(object_of(257), 8));
}

TEST_CASE("depth is bounded before it is gone into", "[json_object]") {
    const auto nested = [](std::size_t depth, const char* open, const char* close) {
        std::string text = "{\"a\":";
        for (std::size_t i = 1; i < depth; ++i)
            text += open;
        text += "1";
        for (std::size_t i = 1; i < depth; ++i)
            text += close;
        return text + "}";
    };
    CHECK(JsonObject::parse(nested(8, "[", "]"), 8));
    CHECK_FALSE(JsonObject::parse(nested(9, "[", "]"), 8));
    CHECK(JsonObject::parse(nested(8, "{\"b\":", "}"), 8));
    CHECK_FALSE(JsonObject::parse(nested(9, "{\"b\":", "}"), 8));
    CHECK_FALSE(JsonObject::parse("{\"a\":" + std::string(1'000'000, '['), 8));
    CHECK_FALSE(JsonObject::parse("{}", 0));
}

}  // namespace
}  // namespace fairlead::auth
