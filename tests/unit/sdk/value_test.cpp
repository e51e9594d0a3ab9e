// SPDX-License-Identifier: Apache-2.0
#include <fairlead/codec.h>
#include <fairlead/value.h>
#include <catch2/catch.hpp>

using fairlead::Bytes;
using fairlead::decode;
using fairlead::encode;
using fairlead::Value;

TEST_CASE("reading a value never fails", "[value]") {
    Value value = Value::map({{"a", 1}, {"list", Value::array({"x", 2.5})}, {"none", nullptr}});
    CHECK(value["a"].as_integer() == 1);
    CHECK(value["a"].as_number() == 1.0);
    CHECK(value["a"].as_string("-") == "-");
    CHECK(value["list"][0].as_string() == "x");
    CHECK(value["list"][9].is_null());
    CHECK(value["no"]["such"][3]["thing"].as_bool(true));
    CHECK(value["list"]["a"].is_null());
    CHECK(value.size() == 3);
    CHECK(Value("text").size() == 0);
}

TEST_CASE("64-bit integers stay whole and doubles stay doubles", "[value]") {
    Value big = UINT64_MAX;
    CHECK(decode<Value>(encode(big)).value() == big);
    CHECK(big.as_unsigned() == UINT64_MAX);
    CHECK(big.as_integer(-1) == -1);
    CHECK(Value(INT64_MIN).as_unsigned(7) == 7);
    CHECK(Value(1) != Value(1.0));
    CHECK(Value(1U) == Value(1));
    CHECK(decode<Value>(encode(Value(1.0))).value().type() == Value::Type::number);
    CHECK(Value(UINT64_MAX) != Value(-1));
}

TEST_CASE("members keep their order and the last of equal keys is the one", "[value]") {
    Value value = Value::map(Value::Map{{"b", 1}, {"a", 2}, {"b", 3}});
    CHECK(value["b"].as_integer() == 3);
    Value back = decode<Value>(encode(value)).value();
    CHECK(back.as_map().at(0).first == "b");
    CHECK(back == value);
    CHECK(Value::map({{"a", 1}, {"b", 2}}) != Value::map({{"b", 2}, {"a", 1}}));
}

TEST_CASE("set and add make what is needed", "[value]") {
    Value value;
    value.set("a", 1).set("b", "x").set("a", 2);
    CHECK(value == Value::map({{"a", 2}, {"b", "x"}}));
    value.add(1);
    CHECK(value == Value::array({1}));
}

TEST_CASE("texts, bytes and containers of every length come back", "[value]") {
    for (std::size_t size : {0U, 1U, 15U, 16U, 31U, 32U, 255U, 256U, 65535U, 65536U}) {
        INFO(size);
        Value text = std::string(size, 'x');
        CHECK(decode<Value>(encode(text)).value() == text);
        Value bytes = Bytes(size, 7);
        CHECK(decode<Value>(encode(bytes)).value() == bytes);
        Value array = Value::array(Value::Array(size, Value(1)));
        CHECK(decode<Value>(encode(array)).value() == array);
        Value::Map members;
        for (std::size_t i = 0; i < size; ++i)
            members.emplace_back(std::to_string(i), i);
        Value map = Value::map(std::move(members));
        CHECK(decode<Value>(encode(map)).value() == map);
    }
}
