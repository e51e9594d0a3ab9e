// SPDX-License-Identifier: Apache-2.0
#include "edge/json/reply.h"

#include <array>
#include <catch2/catch.hpp>

#include "edge/json/scanner.h"

using namespace fairlead::edge::json;

namespace {

/// What `append` writes; always one valid value of one line.
template <typename Append>
std::string written(Append append) {
    std::string out;
    append(out);
    CHECK(scan(out).verdict == Verdict::ok);
    CHECK_FALSE(scan(out).value.spaced);
    CHECK(scan(out).value.json == out);
    return out;
}

const ClientInfo kInfo{"7", "c-1", R"({"n":1})", "null"};

}  // namespace

TEST_CASE("an error reply has code and message", "[json][reply]") {
    CHECK(written([](auto& out) { append_error(out, 3, 1201, "out of stock", false); }) ==
          R"({"id":3,"error":{"code":1201,"message":"out of stock"}})");
    CHECK(written([](auto& out) { append_error(out, 4294967295, 100, "say \"no\"\n", true); }) ==
          R"({"id":4294967295,"error":{"code":100,"message":"say \"no\"\n","temporary":true}})");
}

TEST_CASE("empty results are present", "[json][reply]") {
    CHECK(written([](auto& out) { append_connect(out, 1, {}); }) == R"({"id":1,"connect":{}})");
    CHECK(written([](auto& out) { append_subscribe(out, 1, {}); }) == R"({"id":1,"subscribe":{}})");
    CHECK(written([](auto& out) { append_unsubscribe(out, 1); }) == R"({"id":1,"unsubscribe":{}})");
    CHECK(written([](auto& out) { append_publish(out, 1); }) == R"({"id":1,"publish":{}})");
    CHECK(written([](auto& out) { append_presence(out, 1, {}); }) ==
          R"({"id":1,"presence":{"presence":{}}})");
    CHECK(written([](auto& out) { append_presence_stats(out, 1, 0, 0); }) ==
          R"({"id":1,"presence_stats":{"num_clients":0,"num_users":0}})");
    CHECK(written([](auto& out) { append_history(out, 1, {}); }) ==
          R"({"id":1,"history":{"publications":[],"epoch":"","offset":0}})");
    CHECK(written([](auto& out) { append_rpc(out, 1, {}); }) == R"({"id":1,"rpc":{}})");
    CHECK(written([](auto& out) { append_refresh(out, 1, {}); }) == R"({"id":1,"refresh":{}})");
    CHECK(written([](auto& out) { append_sub_refresh(out, 1, false, 0); }) == R"({"id":1,"sub_refresh":{}})");
}

TEST_CASE("a connect result carries its subscriptions", "[json][reply]") {
    const std::array<Publication, 1> publications{{{.data = "1", .offset = 5}}};
    SubscribeResult recovered{.recoverable = true, .positioned = true, .epoch = "e", .offset = 4};
    recovered.recovered = recovered.was_recovering = true;
    recovered.publications = publications;
    const std::array<ChannelResult, 2> subs{{{"user:\"7\"", recovered}, {"b", {}}}};
    ConnectResult result{
        .client = "c-1", .version = "1.0", .expires = true, .ttl = 599, .data = "[]", .subs = subs};
    result.ping = 25;
    result.pong = true;
    result.time = 1700000000000;
    CHECK(
        written([&](auto& out) { append_connect(out, 1, result); }) ==
        R"({"id":1,"connect":{"client":"c-1","version":"1.0","expires":true,"ttl":599,"data":[],"subs":{)"
        R"("user:\"7\"":{"recoverable":true,"epoch":"e","publications":[{"data":1,"offset":5}],"recovered":true,)"
        R"("offset":4,"positioned":true,"was_recovering":true},"b":{}},"ping":25,"pong":true,"time":1700000000000}})");
}

TEST_CASE("a subscribe result carries all its fields", "[json][reply]") {
    SubscribeResult result{.expires = true, .ttl = 60, .epoch = "k", .offset = UINT64_MAX};
    result.was_recovering = result.delta = true;
    result.data = "null";
    CHECK(
        written([&](auto& out) { append_subscribe(out, 2, result); }) ==
        R"({"id":2,"subscribe":{"expires":true,"ttl":60,"epoch":"k","offset":18446744073709551615,"data":null,)"
        R"("was_recovering":true,"delta":true}})");
}

TEST_CASE("presence, history, rpc and refresh results", "[json][reply]") {
    const std::array<ClientInfo, 2> clients{{kInfo, {"", "c-2", {}, {}}}};
    CHECK(
        written([&](auto& out) { append_presence(out, 1, clients); }) ==
        R"({"id":1,"presence":{"presence":{"c-1":{"user":"7","client":"c-1","conn_info":{"n":1},"chan_info":null},)"
        R"("c-2":{"user":"","client":"c-2"}}}})");
    CHECK(written([](auto& out) { append_presence_stats(out, 1, 3, 2); }) ==
          R"({"id":1,"presence_stats":{"num_clients":3,"num_users":2}})");
    const std::array<Publication, 2> publications{
        {{.data = "\"a\"", .offset = 1}, {.data = "2", .info = &kInfo, .offset = 2}}};
    CHECK(
        written([&](auto& out) {
            append_history(out, 1, {publications, "e", 2});
        }) ==
        R"({"id":1,"history":{"publications":[{"data":"a","offset":1},{"data":2,"info":{"user":"7","client":"c-1",)"
        R"("conn_info":{"n":1},"chan_info":null},"offset":2}],"epoch":"e","offset":2}})");
    CHECK(written([](auto& out) { append_rpc(out, 1, "{\"a\":1.0}"); }) ==
          R"({"id":1,"rpc":{"data":{"a":1.0}}})");
    CHECK(written([](auto& out) {
              append_refresh(out, 1, {"c", "1.0", true, 60});
          }) == R"({"id":1,"refresh":{"client":"c","version":"1.0","expires":true,"ttl":60}})");
    CHECK(written([](auto& out) { append_sub_refresh(out, 1, true, 60); }) ==
          R"({"id":1,"sub_refresh":{"expires":true,"ttl":60}})");
}

TEST_CASE("pushes have no id", "[json][reply]") {
    const std::array<Tag, 2> tags{{{"name", "my-orders"}, {"\"", "\x01"}}};
    Publication publication{.data = R"({"t":"hi"})", .info = &kInfo, .offset = 42, .tags = tags};
    publication.delta = true;
    publication.time = 5;
    publication.channel = "news:eu";
    CHECK(
        written([&](auto& out) { append_publication_push(out, "news:*", publication); }) ==
        R"({"push":{"channel":"news:*","pub":{"data":{"t":"hi"},"info":{"user":"7","client":"c-1","conn_info":{"n":1},)"
        R"("chan_info":null},"offset":42,"tags":{"name":"my-orders","\"":"\u0001"},"delta":true,"time":5,"channel":"news:eu"}}})");
    CHECK(written([](auto& out) { append_publication_push(out, "c", {.data = "null"}); }) ==
          R"({"push":{"channel":"c","pub":{"data":null}}})");
    CHECK(written([](auto& out) {
              append_join_push(out, "c", {"u", "i", {}, {}});
          }) == R"({"push":{"channel":"c","join":{"info":{"user":"u","client":"i"}}}})");
    CHECK(written([](auto& out) {
              append_leave_push(out, "c", {"u", "i", {}, {}});
          }) == R"({"push":{"channel":"c","leave":{"info":{"user":"u","client":"i"}}}})");
    CHECK(written([](auto& out) { append_unsubscribe_push(out, "c", 2500, "insufficient state"); }) ==
          R"({"push":{"channel":"c","unsubscribe":{"code":2500,"reason":"insufficient state"}}})");
    CHECK(written([](auto& out) { append_message_push(out, "[1]"); }) ==
          R"({"push":{"message":{"data":[1]}}})");
    CHECK(
        written([](auto& out) {
            append_subscribe_push(out, "user:7", {true, true, "e", 3, "{}"});
        }) ==
        R"({"push":{"channel":"user:7","subscribe":{"recoverable":true,"epoch":"e","offset":3,"positioned":true,"data":{}}}})");
    CHECK(written([](auto& out) { append_subscribe_push(out, "c", {}); }) ==
          R"({"push":{"channel":"c","subscribe":{}}})");
    CHECK(written([](auto& out) { append_ping(out); }) == "{}");
}

TEST_CASE("replies are appended without separators", "[json][reply]") {
    std::string out = "x";
    append_publish(out, 1);
    append_ping(out);
    CHECK(out == R"(x{"id":1,"publish":{}}{})");
}
