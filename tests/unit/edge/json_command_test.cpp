// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "edge/json/command_decoder.h"

using namespace fairlead::edge::json;

namespace {

/// Decodes one message that holds one command.
struct One {
    explicit One(std::string text)
        : message(std::move(text)), rest(message), verdict(decoder.next(rest, command)) {}

    std::string message;
    CommandDecoder decoder;
    Command command;
    std::string_view rest;
    Verdict verdict;
};

Verdict verdict(const std::string& message) {
    return One{message}.verdict;
}

/// The verdict on a request `member` with these fields.
Verdict request(const std::string& member, const std::string& fields) {
    return verdict("{\"id\":7,\"" + member + "\":{" + fields + "}}");
}

std::vector<Verdict> verdicts(std::string_view message) {
    CommandDecoder decoder;
    Command command;
    std::vector<Verdict> out;
    do {
        out.push_back(decoder.next(message, command));
    } while (!message.empty());
    return out;
}

std::string brackets(std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
}

}  // namespace

TEST_CASE("connect is decoded with all its fields", "[json][command]") {
    const One one{
        R"({"id":1,"connect":{"token":"t.o.k","data":{"a": 1},"name":"js","version":"2.1","flag":-5,)"
        R"("profile":"p","dict":"d","headers":{"X-A":"1","X-B":"2","X-C":null},)"
        R"("subs":{"news:eu":{"recover":true,"offset":18446744073709551615,"epoch":"kX"},"a":{"delta":"fossil"},"b":{},"c":null}}})"};
    REQUIRE(one.verdict == Verdict::ok);
    const Command& c = one.command;
    CHECK(c.id == 1);
    CHECK(c.kind == Kind::connect);
    CHECK(c.token == "t.o.k");
    CHECK(c.data.json == "{\"a\": 1}");
    CHECK(c.data.spaced);
    CHECK(c.name == "js");
    CHECK(c.version == "2.1");
    CHECK(c.flag == -5);
    CHECK(c.profile == "p");
    CHECK(c.dict == "d");
    REQUIRE(c.headers.size() == 2);
    CHECK(c.headers[0].name == "X-A");
    CHECK(c.headers[1].value == "2");
    REQUIRE(c.subs.size() == 3);
    CHECK(c.subs[0].channel == "news:eu");
    CHECK(c.subs[0].recover);
    CHECK(c.subs[0].offset == UINT64_MAX);
    CHECK(c.subs[0].epoch == "kX");
    CHECK(c.subs[1].channel == "a");
    CHECK(c.subs[1].delta == "fossil");
    CHECK_FALSE(c.subs[1].recover);
    CHECK(c.subs[2].channel == "b");
    CHECK(c.channel.empty());
}

TEST_CASE("subscribe is decoded with all its fields", "[json][command]") {
    const One one{
        R"({"subscribe":{"channel":"a:b","token":"t","recover":true,"epoch":"e","offset":41,"data":[1],)"
        R"("positioned":true,"recoverable":true,"join_leave":true,"delta":"fossil","tf":{"op":"and","nodes":[{}]},)"
        R"("flag":3,"type":1,"phase":2,"cursor":"c","limit":-1,"asc":true},"id":2})"};
    REQUIRE(one.verdict == Verdict::ok);
    const Command& c = one.command;
    CHECK(c.id == 2);
    CHECK(c.kind == Kind::subscribe);
    CHECK(c.channel == "a:b");
    CHECK(c.token == "t");
    CHECK(c.recover);
    CHECK(c.epoch == "e");
    CHECK(c.offset == 41);
    CHECK(c.data.json == "[1]");
    CHECK_FALSE(c.data.spaced);
    CHECK(c.positioned);
    CHECK(c.recoverable);
    CHECK(c.join_leave);
    CHECK(c.delta == "fossil");
    CHECK(c.filter.json == R"({"op":"and","nodes":[{}]})");
    CHECK(c.flag == 3);
    CHECK(c.type == 1);
    CHECK(c.phase == 2);
    CHECK(c.cursor == "c");
    CHECK(c.limit == -1);
    CHECK(c.asc);
}

TEST_CASE("the other requests are decoded", "[json][command]") {
    const One publish{R"({"publish":{"channel":"c","data":"x","type":1,"key":"k","removed":true},"id":3})"};
    CHECK(publish.verdict == Verdict::ok);
    CHECK(publish.command.kind == Kind::publish);
    CHECK(publish.command.channel == "c");
    CHECK(publish.command.data.json == "\"x\"");
    CHECK(publish.command.type == 1);
    CHECK(publish.command.key == "k");
    CHECK(publish.command.removed);

    const One history{
        R"({"history":{"channel":"c","limit":-2147483648,"since":{"offset":9,"epoch":"e"},"reverse":true},"id":4})"};
    CHECK(history.verdict == Verdict::ok);
    CHECK(history.command.kind == Kind::history);
    CHECK(history.command.limit == INT32_MIN);
    CHECK(history.command.since);
    CHECK(history.command.offset == 9);
    CHECK(history.command.epoch == "e");
    CHECK(history.command.reverse);
    CHECK_FALSE(One{R"({"history":{"channel":"c","since":null},"id":4})"}.command.since);
    CHECK(One{R"({"history":{"channel":"c","since":{}},"id":4})"}.command.since);

    const One rpc{R"({"rpc":{"method":"orders.create","data":{"sku":7}},"id":4294967295})"};
    CHECK(rpc.verdict == Verdict::ok);
    CHECK(rpc.command.id == UINT32_MAX);
    CHECK(rpc.command.kind == Kind::rpc);
    CHECK(rpc.command.method == "orders.create");
    CHECK(rpc.command.data.json == "{\"sku\":7}");

    const One send{R"({"send":{"data":{"x":1}}})"};
    CHECK(send.verdict == Verdict::ok);
    CHECK(send.command.id == 0);
    CHECK(send.command.kind == Kind::send);
    CHECK(send.command.data.json == "{\"x\":1}");

    const One refresh{R"({"refresh":{"token":"t"},"id":5})"};
    CHECK(refresh.command.kind == Kind::refresh);
    CHECK(refresh.command.token == "t");

    const One sub_refresh{
        R"({"sub_refresh":{"channel":"c","token":"t","type":0,"track":[{}],"untrack":["a"]},"id":6})"};
    CHECK(sub_refresh.verdict == Verdict::ok);
    CHECK(sub_refresh.command.kind == Kind::sub_refresh);
    CHECK(sub_refresh.command.channel == "c");
    CHECK(sub_refresh.command.token == "t");

    CHECK(One{R"({"unsubscribe":{"channel":"u"},"id":7})"}.command.kind == Kind::unsubscribe);
    CHECK(One{R"({"unsubscribe":{"channel":"u"},"id":7})"}.command.channel == "u");
    CHECK(One{R"({"presence":{"channel":"u"},"id":7})"}.command.kind == Kind::presence);
    CHECK(One{R"({"presence_stats":{"channel":"u"},"id":7})"}.command.kind == Kind::presence_stats);
    CHECK(One{R"({"ping":{},"id":7})"}.command.kind == Kind::ping);
}

TEST_CASE("a command without id and send is a pong", "[json][command]") {
    for (const char* text : {"{}", "{ }", R"({"id":0})", R"({"id":null})", R"({"rpc":{"method":"m"}})",
                             R"({"x":1})", R"({"send":null})", R"({"x":1e400})"}) {
        CAPTURE(text);
        const One one{text};
        CHECK(one.verdict == Verdict::ok);
        CHECK(one.command.kind == Kind::pong);
        CHECK(one.command.id == 0);
        CHECK(one.command.method.empty());
    }
}

TEST_CASE("an id without a known request is malformed", "[json][command]") {
    CHECK(verdict(R"({"id":1})") == Verdict::malformed);
    CHECK(verdict(R"({"id":1,"nope":{}})") == Verdict::malformed);
    CHECK(verdict(R"({"id":1,"rpc":null})") == Verdict::malformed);
    CHECK(verdict(R"({"id":1,"nope":1e400})") == Verdict::malformed);
}

TEST_CASE("null counts as absent for fields and as null for raw values", "[json][command]") {
    const One one{
        R"({"id":1,"publish":null,"subscribe":{"channel":null,"recover":null,"offset":null,"data":null,"tf":null}})"};
    REQUIRE(one.verdict == Verdict::ok);
    CHECK(one.command.kind == Kind::subscribe);
    CHECK(one.command.channel.empty());
    CHECK(one.command.data.present());
    CHECK(one.command.data.json == "null");
    CHECK_FALSE(one.command.filter.present());
    CHECK_FALSE(One{R"({"id":1,"rpc":{"method":"m"}})"}.command.data.present());
}

TEST_CASE("the first request in the order of the list wins", "[json][command]") {
    const One one{
        R"({"send":{"data":1},"rpc":{"method":"m"},"ping":{},"publish":{"channel":"p","data":5},"history":{"channel":3},"id":1})"};
    CHECK(one.verdict == Verdict::ok);
    CHECK(one.command.kind == Kind::publish);
    CHECK(one.command.channel == "p");
    CHECK(one.command.data.json == "5");
    CHECK(one.command.method.empty());

    // One that does not fit counts only if it wins.
    CHECK(verdict(R"({"history":{"channel":3},"publish":{"channel":"p"},"id":1})") == Verdict::ok);
    CHECK(verdict(R"({"history":{"channel":"h"},"publish":{"channel":3},"id":1})") == Verdict::malformed);
    CHECK(verdict(R"({"history":7,"publish":{"channel":"p"},"id":1})") == Verdict::ok);
    // A send that loses cannot be answered under an id of 0.
    CHECK(verdict(R"({"send":{"data":1},"rpc":{"method":"m"}})") == Verdict::malformed);
    CHECK(One{R"({"send":{"data":1},"ping":{}})"}.command.kind == Kind::send);
}

TEST_CASE("unknown fields are ignored at every level", "[json][command]") {
    const One one{
        R"({"zz":[{"id":9}],"id":1,"connect":{"x":{"token":"no"},"token":"t","subs":{"c":{"y":0,"offset":1}},"z":"\u0041"},"last":{}})"};
    REQUIRE(one.verdict == Verdict::ok);
    CHECK(one.command.id == 1);
    CHECK(one.command.token == "t");
    CHECK(one.command.subs[0].offset == 1);
    CHECK(verdict(R"({"id":1,"history":{"channel":"c","since":{"q":1,"offset":1}}})") == Verdict::ok);
}

TEST_CASE("T19: duplicate keys in the envelope are malformed", "[json][command]") {
    for (const char* text :
         {R"({"id":1,"id":1,"ping":{}})", R"({"id":1,"\u0069d":1,"ping":{}})",
          R"({"id":1,"rpc":{},"rpc":{}})", R"({"id":1,"rpc":null,"rpc":{}})",
          R"({"id":1,"rpc":{},"x":1,"x":2})", R"({"id":1,"rpc":{},"x":1,"y":1,"\u0078":2})",
          R"({"id":1,"rpc":{"method":"a","method":"a"}})", R"({"id":1,"rpc":{"data":1,"data":2}})",
          R"({"id":1,"rpc":{"method":"a","x":1,"x":1}})", R"({"id":1,"connect":{"subs":{"c":{},"c":{}}}})",
          R"({"id":1,"connect":{"subs":{"c":{"offset":1,"offset":1}}}})",
          R"({"id":1,"connect":{"headers":{"a":"","a":""}}})",
          R"({"id":1,"history":{"since":{"epoch":"","epoch":""}}})"}) {
        CAPTURE(text);
        CHECK(verdict(text) == Verdict::malformed);
    }
    // Levels are told apart, and the inside of payloads is free.
    CHECK(verdict(R"({"id":1,"rpc":{"id":1,"rpc":2,"x":1},"x":1})") == Verdict::ok);
    CHECK(verdict(R"({"id":1,"rpc":{"data":{"a":1,"a":2}}})") == Verdict::ok);
    CHECK(verdict(R"({"id":1,"rpc":{"x":{"a":1,"a":2}}})") == Verdict::ok);
}

TEST_CASE("T19: integers that are none are malformed", "[json][command]") {
    for (const char* id : {"-1", "-0", "1.0", "1.5", "1e2", "1E0", "4294967296", "99999999999999999999",
                           "1e400", "\"1\"", "true", "[]", "{}"}) {
        CAPTURE(id);
        CHECK(verdict(std::string{"{\"ping\":{},\"id\":"} + id + "}") == Verdict::malformed);
    }
    for (const char* offset : {"-1", "1.0", "1e2", "18446744073709551616", "\"1\"", "false"}) {
        CAPTURE(offset);
        CHECK(request("subscribe", std::string{"\"offset\":"} + offset) == Verdict::malformed);
        CHECK(request("history", std::string{"\"since\":{\"offset\":"} + offset + "}") == Verdict::malformed);
        CHECK(request("connect", std::string{"\"subs\":{\"c\":{\"offset\":"} + offset + "}}") ==
              Verdict::malformed);
    }
    for (const char* limit : {"1.0", "1e2", "2147483648", "-2147483649", "\"1\"", "[]"}) {
        CAPTURE(limit);
        CHECK(request("history", std::string{"\"limit\":"} + limit) == Verdict::malformed);
    }
    CHECK(request("history", "\"limit\":2147483647") == Verdict::ok);
    CHECK(request("subscribe", "\"flag\":9223372036854775807") == Verdict::ok);
    CHECK(request("subscribe", "\"flag\":9223372036854775808") == Verdict::malformed);
}

TEST_CASE("a known field of another JSON type is malformed", "[json][command]") {
    struct Case {
        const char* member;
        std::vector<const char*> strings, booleans, integers, objects, lists;
    };
    const std::vector<Case> cases = {
        {"connect", {"token", "name", "version", "profile", "dict"}, {}, {"flag"}, {"subs", "headers"}, {}},
        {"subscribe",
         {"channel", "token", "epoch", "delta", "cursor"},
         {"recover", "positioned", "recoverable", "join_leave", "asc"},
         {"offset", "flag", "type", "phase", "limit"},
         {"tf"},
         {}},
        {"unsubscribe", {"channel"}, {}, {}, {}, {}},
        {"publish", {"channel", "key"}, {"removed"}, {"type"}, {}, {}},
        {"presence", {"channel"}, {}, {}, {}, {}},
        {"presence_stats", {"channel"}, {}, {}, {}, {}},
        {"history", {"channel"}, {"reverse"}, {"limit"}, {"since"}, {}},
        {"rpc", {"method"}, {}, {}, {}, {}},
        {"refresh", {"token"}, {}, {}, {}, {}},
        {"sub_refresh", {"channel", "token"}, {}, {"type"}, {}, {"track", "untrack"}},
    };
    const char* const values[] = {"\"s\"", "true", "1", "{}", "[]"};
    for (const Case& request_case : cases) {
        const std::vector<const char*>* const groups[] = {&request_case.strings, &request_case.booleans,
                                                          &request_case.integers, &request_case.objects,
                                                          &request_case.lists};
        for (std::size_t group = 0; group < 5; ++group) {
            for (const char* name : *groups[group]) {
                for (std::size_t value = 0; value < 5; ++value) {
                    const std::string field = std::string{"\""} + name + "\":" + values[value];
                    CAPTURE(request_case.member, field);
                    CHECK(request(request_case.member, field) ==
                          (group == value ? Verdict::ok : Verdict::malformed));
                }
                CHECK(request(request_case.member, std::string{"\""} + name + "\":null") == Verdict::ok);
            }
        }
    }
    for (const char* value : {"1", "\"x\"", "[]", "true"}) {
        CHECK(verdict(std::string{"{\"id\":1,\"rpc\":"} + value + "}") == Verdict::malformed);
        CHECK(request("connect", std::string{"\"subs\":{\"c\":"} + value + "}") == Verdict::malformed);
    }
    CHECK(request("connect", "\"headers\":{\"a\":1}") == Verdict::malformed);
    CHECK(request("history", "\"since\":{\"epoch\":1}") == Verdict::malformed);
}

TEST_CASE("raw values keep their bytes", "[json][command]") {
    for (const char* data :
         {"null", "true", "0", "-0", "-0.0", "1.0", "1E2", "18446744073709551616", "\"\\u0041\\/\"", "\"\"",
          "[]", "{}", R"({"b":1,"a":2,"b":3,"":{}})", "\"\xF0\x9F\x98\x80\xE2\x80\xA8\"", "1e-400"}) {
        CAPTURE(data);
        for (const char* member : {"rpc", "publish", "connect", "subscribe", "send"}) {
            const One one{std::string{"{\"id\":1,\""} + member + "\":{\"data\":" + data + "}}"};
            CHECK(one.verdict == Verdict::ok);
            CHECK(one.command.data.json == data);
            CHECK_FALSE(one.command.data.spaced);
        }
    }
    const One spaced{"{\"id\":1,\"rpc\":{\"data\" : \t[1, \"a b\"] , \"method\":\"m\"}}"};
    CHECK(spaced.command.data.json == "[1, \"a b\"]");
    CHECK(spaced.command.data.spaced);
    CHECK_FALSE(One{"{\"id\":1,\"rpc\":{\"data\" : [\"a b\"] }}"}.command.data.spaced);
}

TEST_CASE("a refused value leaves the id to be answered", "[json][command]") {
    for (const std::string& data : {std::string{R"("\ud800")"}, std::string{"1e400"}, std::string{"[-1e999]"},
                                    brackets(65), brackets(20'000), std::string{R"({"\udc00":1})"}}) {
        CAPTURE(data.substr(0, 20));
        const One before{"{\"rpc\":{\"data\":" + data + ",\"method\":\"m\"},\"id\":42}"};
        CHECK(before.verdict == Verdict::refused);
        CHECK(before.command.id == 42);
        CHECK(before.command.kind == Kind::rpc);
        const One after{"{\"id\":42,\"rpc\":{\"method\":\"m\",\"data\":" + data + "}}"};
        CHECK(after.verdict == Verdict::refused);
        CHECK(after.command.id == 42);
        const One unknown{"{\"id\":42,\"rpc\":{\"method\":\"m\"},\"x\":" + data + "}"};
        CHECK(unknown.verdict == Verdict::refused);
        const One send{"{\"send\":{\"data\":" + data + "}}"};
        CHECK(send.verdict == Verdict::refused);
        CHECK(send.command.kind == Kind::send);
        // The commands behind it are not harmed.
        const auto all = verdicts("{\"rpc\":{\"data\":" + data + "},\"id\":42}\n{\"id\":43,\"ping\":{}}");
        CHECK(all == std::vector<Verdict>{Verdict::refused, Verdict::ok});
    }
    CHECK(request("rpc", "\"data\":" + brackets(64)) == Verdict::ok);
    CHECK(request("rpc", R"("method":"\ud800")") == Verdict::refused);
    CHECK(request("rpc", R"("method":5,"data":1e400)") == Verdict::malformed);
    CHECK(request("rpc", R"("data":1e400,"data":1)") == Verdict::malformed);
    CHECK(request("rpc", "\"data\":1e400,\"x\":\"\xFF\"") == Verdict::bad_utf8);
    CHECK(request("rpc", "\"data\":1e400,") == Verdict::malformed);
}

TEST_CASE("T19: the depth limit is the decoder's", "[json][command]") {
    CommandDecoder decoder{3};
    Command command;
    for (const auto& [depth, expected] : {std::pair{3U, Verdict::ok}, {4U, Verdict::refused}}) {
        const std::string message = "{\"id\":1,\"rpc\":{\"data\":" + brackets(depth) + "}}";
        std::string_view rest = message;
        CHECK(decoder.next(rest, command) == expected);
    }
}

TEST_CASE("strings are unescaped and keys are compared unescaped", "[json][command]") {
    const One one{
        R"({"\u0069\u0064":1,"rp\u0063":{"metho\u0064":"a\u002eb\n\u00e9\ud83d\ude00\u0000","data":"\u0041"}})"};
    REQUIRE(one.verdict == Verdict::ok);
    CHECK(one.command.id == 1);
    CHECK(one.command.method == std::string_view{"a.b\n\xC3\xA9\xF0\x9F\x98\x80\0", 11});
    CHECK(one.command.data.json == "\"\\u0041\"");

    const One many{
        R"({"id":1,"subscribe":{"channel":"\u0061","token":"\u0062\u0062","epoch":"\u0063","cursor":"plain","delta":""}})"};
    CHECK(many.command.channel == "a");
    CHECK(many.command.token == "bb");
    CHECK(many.command.epoch == "c");
    CHECK(many.command.cursor == "plain");

    // The views stay, however much is unescaped behind them.
    const std::string piece(1000, 'x');
    const One growing{R"({"id":1,"subscribe":{"channel":"\u0061)" + piece + R"(","token":"\u0062)" + piece +
                      piece + R"(","epoch":"\u0063)" + piece + R"("}})"};
    CHECK(growing.command.channel == "a" + piece);
    CHECK(growing.command.token == "b" + piece + piece);
    CHECK(growing.command.epoch == "c" + piece);
}

TEST_CASE("a message is objects separated by one newline", "[json][command]") {
    using V = std::vector<Verdict>;
    CHECK(verdicts("{}") == V{Verdict::ok});
    CHECK(verdicts("{}\n") == V{Verdict::ok});
    CHECK(verdicts("{}\n{}\n{}") == V{Verdict::ok, Verdict::ok, Verdict::ok});
    CHECK(verdicts(" {}\r\n\t{} \n") == V{Verdict::ok, Verdict::ok});
    CHECK(verdicts("") == V{Verdict::malformed});
    CHECK(verdicts("\n") == V{Verdict::malformed});
    CHECK(verdicts("\n{}") == V{Verdict::malformed});
    CHECK(verdicts("{}\n\n") == V{Verdict::ok, Verdict::malformed});
    CHECK(verdicts("{}\n\n{}") == V{Verdict::ok, Verdict::malformed});
    CHECK(verdicts("{}\n ") == V{Verdict::ok, Verdict::malformed});
    CHECK(verdicts("{}{}") == V{Verdict::malformed});
    CHECK(verdicts("{} {}") == V{Verdict::malformed});
    CHECK(verdicts("{},{}") == V{Verdict::malformed});
    CHECK(verdicts("[{}]") == V{Verdict::malformed});
    CHECK(verdicts("null") == V{Verdict::malformed});
    CHECK(verdicts("{\"id\":1,\n\"ping\":{}}") == V{Verdict::malformed});
    CHECK(verdicts("{\"id\":1,\"rpc\":{\"data\":[1,\n2]}}") == V{Verdict::malformed});
    CHECK(verdicts("{}\n{\"id\":1,\"ping\":\"x\"}\n{}") == V{Verdict::ok, Verdict::malformed});
    CHECK(verdicts("{}\n{\"\xC0\xAF\":1}") == V{Verdict::ok, Verdict::bad_utf8});
    CHECK(verdicts("{}\xFF") == V{Verdict::bad_utf8});
}

TEST_CASE("the rest of a message can be decoded later", "[json][command]") {
    CommandDecoder decoder;
    Command command;
    const std::string message = R"({"connect":{"token":"\u0074"},"id":1})"
                                "\n"
                                R"({"subscribe":{"channel":"\u0063"},"id":2})";
    std::string_view rest = message;
    REQUIRE(decoder.next(rest, command) == Verdict::ok);
    CHECK(command.token == "t");
    const std::string later{rest};
    rest = later;
    REQUIRE(decoder.next(rest, command) == Verdict::ok);
    CHECK(command.channel == "c");
    CHECK(command.token.empty());
    CHECK(rest.empty());
}

TEST_CASE("T19: a message full of keys is decoded in linear time and memory", "[json][command]") {
    std::string message = R"({"id":1,"ping":{)";
    for (int i = 0; i < 200'000; ++i)
        message += "\"" + std::to_string(i) + "\":0,";
    CHECK(verdict(message + "\"last\":0}}") == Verdict::ok);
    CHECK(verdict(message + "\"77\":0}}") == Verdict::malformed);
}
