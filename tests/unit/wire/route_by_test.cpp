// SPDX-License-Identifier: Apache-2.0
#include "wire/route_by.h"

#include <catch2/catch.hpp>
#include <string>

#include "wire/frame.h"

namespace fairlead::wire {
namespace {

using Part = RouteBy::Part;

Request request_of_client() {
    Request request;
    request.topic = "games.chess.move";
    request.caller.user = "user-7";
    request.caller.client = "b1-42";
    request.headers = {{"room", "r1"}, {"empty", ""}};
    return request;
}

std::string key_of(std::string_view route_by, const Request& request) {
    return std::string(route_key(*parse_route_by(route_by), request.topic, request.caller, request.headers));
}

}  // namespace

TEST_CASE("a route_by is read and written in its one spelling", "[wire][route_by]") {
    CHECK(parse_route_by("") == RouteBy{});
    CHECK(parse_route_by("user") == RouteBy{Part::user, 0, {}});
    CHECK(parse_route_by("client") == RouteBy{Part::client, 0, {}});
    CHECK(parse_route_by("segment:0") == RouteBy{Part::segment, 0, {}});
    CHECK(parse_route_by("segment:15") == RouteBy{Part::segment, 15, {}});
    CHECK(parse_route_by("header:room") == RouteBy{Part::header, 0, "room"});
    CHECK(parse_route_by("header:" + std::string(121, 'x')).has_value());
    for (const char* text : {"", "user", "client", "segment:0", "segment:15", "header:room"})
        CHECK(to_string(*parse_route_by(text)) == text);
}

TEST_CASE("what is no route_by is refused", "[wire][route_by]") {
    for (const char* text :
         {"moon", "user ", "User", "segment", "segment:", "segment:x", "segment:16", "segment:-1",
          "segment:+1", "segment:01", "segment:1 ", "segment:256", "header", "header:"})
        CHECK_FALSE(parse_route_by(text));
    CHECK_FALSE(parse_route_by("header:" + std::string(122, 'x')));
}

TEST_CASE("the key of a request is the part that route_by names", "[wire][route_by]") {
    Request request = request_of_client();
    CHECK(key_of("", request).empty());
    CHECK(key_of("user", request) == "user-7");
    CHECK(key_of("client", request) == "b1-42");
    CHECK(key_of("segment:0", request) == "games");
    CHECK(key_of("segment:1", request) == "chess");
    CHECK(key_of("segment:2", request) == "move");
    CHECK(key_of("header:room", request) == "r1");

    SECTION("an anonymous client is itself") {
        request.caller.user = {};
        CHECK(key_of("user", request) == "b1-42");
    }
    SECTION("a service is its name") {
        request.caller = Caller{};
        request.caller.service = "billing";
        CHECK(key_of("user", request) == "billing");
        CHECK(key_of("client", request) == "billing");
    }
    SECTION("a service that asks for a client is that client") {
        request.caller.service = "billing";
        CHECK(key_of("user", request) == "user-7");
        CHECK(key_of("client", request) == "b1-42");
    }
}

TEST_CASE("a request may have no key", "[wire][route_by]") {
    Request request = request_of_client();
    CHECK(key_of("segment:3", request).empty());
    CHECK(key_of("segment:15", request).empty());
    CHECK(key_of("header:none", request).empty());
    CHECK(key_of("header:empty", request).empty());

    const std::string longest(kMaxKeyBytes, 'k');
    const std::string longer(kMaxKeyBytes + 1, 'k');
    request.headers = {{"longest", longest}, {"longer", longer}};
    CHECK(key_of("header:longest", request) == longest);
    CHECK(key_of("header:longer", request).empty());
}

}  // namespace fairlead::wire
