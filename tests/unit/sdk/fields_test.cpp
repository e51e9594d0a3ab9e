// SPDX-License-Identifier: Apache-2.0
#include <fairlead/fairlead.h>
#include <fairlead/msgpack.h>
#include <catch2/catch.hpp>

#include <limits>

namespace {

using namespace fairlead;

enum class Side : std::uint8_t { buy = 1, sell = 2 };

struct Item {
    std::string sku;
    int qty = 1;
    FAIRLEAD_FIELDS(sku)
    FAIRLEAD_DEFAULTED(qty)
};

struct Everything {
    bool flag = false;
    std::int8_t tiny = 0;
    std::uint8_t byte = 0;
    std::int64_t large = 0;
    std::uint64_t largest = 0;
    float narrow = 0;
    double wide = 0;
    std::string text;
    Side side = Side::buy;
    Item item;
    std::vector<Item> items;
    std::array<int, 2> pair{};
    std::map<std::string, double> prices;
    std::unordered_map<std::string, Item> stock;
    std::optional<std::string> note;
    Bytes blob;
    Value any;
    std::vector<bool> bits;
    FAIRLEAD_FIELDS(flag, tiny, byte, large, largest, narrow, wide, text, side, item, items, pair, prices,
                    stock, note, blob, any, bits)
};

struct Nothing {
    FAIRLEAD_FIELDS()
};

struct Tree {
    std::vector<Tree> children;
    FAIRLEAD_DEFAULTED(children)
};

struct Classic {
    int id = 0;
    std::string name;
    MSGPACK_DEFINE_MAP(id, name)
};

struct Shelf {
    Classic first;
    std::vector<Classic> others;
    FAIRLEAD_FIELDS(first, others)
};

static_assert(std::is_aggregate_v<Item>);
static_assert(std::is_aggregate_v<Everything>);

template <typename T>
std::string fault(const Value& value) {
    Result<T> result = value.to<T>();
    if (result.ok()) return "ok";
    CHECK(result.error().code == 107);
    CHECK_FALSE(result.error().temporary);
    return result.error().message;
}

}  // namespace

TEST_CASE("a struct comes back as it went", "[fields]") {
    Everything in;
    in.flag = true;
    in.tiny = -128;
    in.byte = 255;
    in.large = std::numeric_limits<std::int64_t>::min();
    in.largest = std::numeric_limits<std::uint64_t>::max();
    in.narrow = 0.5F;
    in.wide = -0.0;
    in.text = "h\xc3\xa9";
    in.side = Side::sell;
    in.item = Item{"tea", 3};
    in.items = {Item{"a", 1}, Item{"b", 2}};
    in.pair = {7, -7};
    in.prices = {{"x", 1.5}, {"y", 2}};
    in.stock = {{"s", Item{"c", 9}}};
    in.blob = {0, 255, 1};
    in.any = Value::map({{"k", Value::array({1, "two", nullptr, 3.0, true})}});
    in.bits = {true, false};

    Result<Everything> out = decode<Everything>(encode(in));
    REQUIRE(out.ok());
    CHECK(out->flag);
    CHECK(out->tiny == -128);
    CHECK(out->byte == 255);
    CHECK(out->large == in.large);
    CHECK(out->largest == in.largest);
    CHECK(out->narrow == 0.5F);
    CHECK(std::signbit(out->wide));
    CHECK(out->text == in.text);
    CHECK(out->side == Side::sell);
    CHECK(out->item.qty == 3);
    CHECK(out->items.at(1).sku == "b");
    CHECK(out->pair == in.pair);
    CHECK(out->prices == in.prices);
    CHECK(out->stock.at("s").qty == 9);
    CHECK_FALSE(out->note.has_value());
    CHECK(out->blob == in.blob);
    CHECK(out->any == in.any);
    CHECK(out->bits == in.bits);
}

TEST_CASE("a payload that does not fit names path and expectation", "[fields]") {
    struct Row {
        const char* name;
        Value value;
        const char* message;
    };
    const Row rows[] = {
        {"not a map", "text", "payload: expected map, got string"},
        {"null", nullptr, "payload: expected map, got null"},
        {"a required member is absent", Value::map({{"qty", 1}}), "sku: required, but absent"},
        {"a member of another type", Value::map({{"sku", 5}}), "sku: expected string, got integer"},
        {"a defaulted member of another type", Value::map({{"sku", "a"}, {"qty", "1"}}),
         "qty: expected integer, got string"},
        {"a number with a fraction", Value::map({{"sku", "a"}, {"qty", 1.5}}),
         "qty: expected integer, got number"},
        {"null is not absent", Value::map({{"sku", "a"}, {"qty", nullptr}}),
         "qty: expected integer, got null"},
        {"out of range", Value::map({{"sku", "a"}, {"qty", 3'000'000'000LL}}),
         "qty: expected integer from -2147483648 to 2147483647, got 3000000000"},
    };
    for (const Row& row : rows) {
        INFO(row.name);
        CHECK(fault<Item>(row.value) == row.message);
    }
}

TEST_CASE("the path goes through lists, maps and structs", "[fields]") {
    struct Order {
        std::vector<Item> items;
        std::map<std::string, std::vector<Item>> boxes;
        std::optional<Item> gift;
        std::array<int, 2> pair{};
        FAIRLEAD_DEFAULTED(items, boxes, gift, pair)
    };
    Value good = Value::map({{"sku", "a"}});
    Value bad = Value::map({{"sku", "a"}, {"qty", "x"}});
    CHECK(fault<Order>(Value::map({{"items", Value::array({good, good, bad})}})) ==
          "items[2].qty: expected integer, got string");
    CHECK(fault<Order>(Value::map({{"boxes", Value::map({{"red", Value::array({bad})}})}})) ==
          "boxes.red[0].qty: expected integer, got string");
    CHECK(fault<Order>(Value::map({{"gift", Value::map()}})) == "gift.sku: required, but absent");
    CHECK(fault<Order>(Value::map({{"gift", nullptr}})) == "ok");
    CHECK(fault<Order>(Value::map({{"pair", Value::array({1})}})) == "pair: expected array of 2, got 1");
    CHECK(fault<Order>(Value::map({{"pair", Value::array({1, "b"})}})) ==
          "pair[1]: expected integer, got string");
    CHECK(fault<std::vector<int>>(Value::array({1, nullptr})) == "[1]: expected integer, got null");
    CHECK(fault<std::vector<std::vector<int>>>(Value::array({Value::array({true})})) ==
          "[0][0]: expected integer, got boolean");
}

TEST_CASE("integers are checked against their range", "[fields]") {
    CHECK(fault<std::uint8_t>(Value(-1)) == "payload: expected integer from 0 to 255, got -1");
    CHECK(fault<std::uint8_t>(Value(256)) == "payload: expected integer from 0 to 255, got 256");
    CHECK(fault<std::int8_t>(Value(128)) == "payload: expected integer from -128 to 127, got 128");
    CHECK(fault<std::int64_t>(Value(std::numeric_limits<std::uint64_t>::max())) ==
          "payload: expected integer up to 9223372036854775807, got 18446744073709551615");
    CHECK(fault<std::uint64_t>(Value(-1)) ==
          "payload: expected integer from 0 to 18446744073709551615, got -1");
    CHECK(fault<Side>(Value(300)) == "payload: expected integer from 0 to 255, got 300");
    CHECK(Value(255).to<std::uint8_t>().value() == 255);
    CHECK(Value(-128).to<std::int8_t>().value() == -128);
}

TEST_CASE("every width of an integer is read", "[fields]") {
    for (int bit = 0; bit < 64; ++bit) {
        std::uint64_t up = std::uint64_t{1} << bit;
        for (std::uint64_t number : {up - 1, up, up + 1}) {
            CHECK(decode<std::uint64_t>(encode(number)).value() == number);
            auto negative = static_cast<std::int64_t>(~number);
            CHECK(decode<std::int64_t>(encode(negative)).value() == negative);
        }
    }
}

TEST_CASE("integers are numbers, numbers are no integers", "[fields]") {
    CHECK(Value(2).to<double>().value() == 2.0);
    CHECK(Value(-2).to<float>().value() == -2.0F);
    CHECK(Value(std::numeric_limits<std::uint64_t>::max()).to<double>().value() == 18446744073709551616.0);
    CHECK(fault<int>(Value(2.0)) == "payload: expected integer, got number");
    CHECK(fault<double>(Value("2")) == "payload: expected number, got string");
    CHECK(decode<double>(std::string("\xca\x3f\x00\x00\x00", 5)).value() == 0.5);
}

TEST_CASE("unknown members are passed over and the last of equal keys wins", "[fields]") {
    Value value =
        Value::map(Value::Map{{"extra", Value::array({Value::map({{"a", 1}})})}, {"sku", "a"}, {"sku", "b"}});
    Result<Item> item = value.to<Item>();
    REQUIRE(item.ok());
    CHECK(item->sku == "b");
    CHECK(item->qty == 1);
}

TEST_CASE("no payload at all is a map without members", "[fields]") {
    CHECK(decode<Item>("").error().message == "sku: required, but absent");
    CHECK(decode<Tree>("").ok());
    CHECK(decode<Nothing>("").ok());
    CHECK_FALSE(decode<std::optional<Item>>("").value().has_value());
    CHECK(decode<Value>("").value().is_null());
    CHECK(decode<Raw>("").value().bytes.empty());
    CHECK(decode<int>("").error().message == "payload: expected integer, got nothing");
}

TEST_CASE("an empty optional is left out", "[fields]") {
    struct Noted {
        std::optional<int> a, b;
        FAIRLEAD_FIELDS(a, b)
    };
    CHECK(Value::from(Noted{1, std::nullopt}) == Value::map({{"a", 1}}));
    CHECK(Value::map({{"b", 2}}).to<Noted>()->b == 2);
}

TEST_CASE("bytes that are no single value are refused", "[fields]") {
    CHECK(decode<int>(std::string("\x01\x02", 2)).error().message == "payload: expected one value, got more");
    CHECK(decode<int>(std::string("\xd2\x01", 2)).error().message == "payload: ends early");
    CHECK(decode<std::string>(std::string("\xa5"
                                          "ab",
                                          3))
              .error()
              .message == "payload: ends early");
    CHECK(decode<std::vector<int>>(std::string("\xdd\xff\xff\xff\xff", 5)).error().message ==
          "payload: ends early");
    CHECK(decode<Value>(std::string("\xc1", 1)).error().message ==
          "payload: expected a value, got no MessagePack");
    CHECK(decode<Value>(std::string("\xd4\x01\x02", 3)).error().message ==
          "payload: expected a value, got extension type");
    CHECK(decode<Value>(std::string("\x81\x01\x02", 3)).error().message ==
          "payload: expected string keys, got integer");
}

TEST_CASE("an unknown member of any type is passed over whole", "[fields]") {
    const std::string values[] = {
        std::string("\xc0"),
        std::string("\xc2"),
        std::string("\xcc\x80"),
        std::string("\xd3\x00\x00\x00\x00\x00\x00\x00\x00", 9),
        std::string("\xca\x00\x00\x00\x00", 5),
        std::string("\xcb\x00\x00\x00\x00\x00\x00\x00\x00", 9),
        std::string("\xd9\x01z"),
        std::string("\xc4\x01\x00", 3),
        std::string("\xc7\x01\x05\x00", 4),
        std::string("\xd5\x05\x00\x00", 4),
        std::string("\xd8\x05") + std::string(16, 'x'),
        std::string("\x92\x81\xa1z\x90\x01"),
    };
    for (const std::string& value : values) {
        std::string payload = "\x82\xa1u" + value + "\xa3sku\xa1q";
        INFO("value begins with byte " << static_cast<int>(static_cast<unsigned char>(value.front())));
        Result<Item> item = decode<Item>(payload);
        REQUIRE(item.ok());
        CHECK(item->sku == "q");
    }
}

TEST_CASE("nesting is bounded", "[fields]") {
    std::string deep(200, '\x91');
    deep += '\xc0';
    CHECK(decode<Value>(deep).error().message.find("nested deeper than 128") != std::string::npos);
    std::string tree;
    for (int i = 0; i < 200; ++i)
        tree +=
            "\x81\xa8"
            "children\x91";
    tree += '\x80';
    CHECK(decode<Tree>(tree).error().message.find("nested deeper than 128") != std::string::npos);
    // What is passed over may be as deep as it likes.
    CHECK(decode<Nothing>("\x81\xa1z" + deep).ok());
}

TEST_CASE("a cut payload is refused wherever it ends", "[fields]") {
    Everything in;
    in.items = {Item{"a", 1}};
    in.any = Value::map({{"k", Value::array({1, 2.5, "x", Bytes{1}})}});
    std::string whole = encode(in);
    for (std::size_t size = 1; size < whole.size(); ++size) {
        INFO("first " << size << " bytes");
        CHECK_FALSE(decode<Everything>(std::string_view(whole).substr(0, size)).ok());
        CHECK_FALSE(decode<Value>(std::string_view(whole).substr(0, size)).ok());
    }
}

TEST_CASE("a struct with MSGPACK_DEFINE_MAP works with less", "[fields]") {
    Shelf shelf{{1, "one"}, {{2, "two"}}};
    Result<Shelf> back = decode<Shelf>(encode(shelf));
    REQUIRE(back.ok());
    CHECK(back->others.at(0).name == "two");
    CHECK(Value::from(Classic{3, "c"})["name"].as_string() == "c");
    CHECK(fault<Shelf>(Value::map({{"first", Value::map({{"id", "x"}})}})) ==
          "first: does not fit its struct");
    CHECK(Value::map({{"id", 4}}).to<Classic>()->id == 4);
}

TEST_CASE("raw passes a value on as it came", "[fields]") {
    struct Envelope {
        std::string to;
        Raw body;
        FAIRLEAD_FIELDS(to, body)
    };
    Value body = Value::map({{"a", Value::array({1.0, 2})}});
    Result<Envelope> envelope = Value::map({{"to", "x"}, {"body", body}}).to<Envelope>();
    REQUIRE(envelope.ok());
    CHECK(envelope->body.bytes == encode(body));
    CHECK(Value::from(*envelope)["body"] == body);
}
