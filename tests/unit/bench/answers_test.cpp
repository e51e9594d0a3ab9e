// SPDX-License-Identifier: Apache-2.0
// A benchmark's figures count only if every answer is right: what is not must be noticed.
#include <catch2/catch.hpp>

#include "bench/fanout.h"
#include "bench/request.h"
#include "fake_broker.h"

namespace fairlead::bench {
namespace {

using namespace std::chrono_literals;
using test::FakeBroker;

constexpr auto kPatience = 10s;

FanoutOptions small_fanout() {
    FanoutOptions options;
    options.subscribers = 3;
    options.window = 4;
    options.batch = 2;
    return options;
}

/// What went wrong in a short fan-out; empty = nothing.
std::string fan_out(FakeBroker::Spoil spoil) {
    FakeBroker broker(std::move(spoil));
    Fanout fanout(small_fanout());
    REQUIRE(fanout.prepare(broker.url(), kPatience));
    const auto round = fanout.run(50ms);
    if (!round) return round.error().text;
    CHECK(round->deliveries > 0);
    CHECK(round->deliveries % 3 == 0);
    return {};
}

std::string request(FakeBroker::Spoil spoil) {
    FakeBroker broker(std::move(spoil));
    RequestOptions options;
    options.clients = 2;
    options.in_flight = 3;
    Request requests(options);
    REQUIRE(requests.prepare(broker.url(), kPatience));
    const auto round = requests.run(50ms);
    if (!round) return round.error().text;
    CHECK(round->replies >= 6);
    CHECK(round->delays_ms.size() == round->replies);
    return {};
}

/// Spoils the tenth line that connection 1 gets.
FakeBroker::Spoil tenth(std::function<std::string(std::string_view)> change) {
    return [change, count = 0](std::size_t connection, std::string_view line) mutable {
        return connection == 1 && ++count == 10 ? change(line) : std::string(line);
    };
}

TEST_CASE("right answers are counted", "[answers]") {
    CHECK(fan_out({}) == "");
    CHECK(request({}) == "");
}

TEST_CASE("a publication that one subscriber lacks is noticed", "[answers]") {
    CHECK(fan_out(tenth([](std::string_view) { return ""; })).find("subscriber 1 got out of order") == 0);
}

TEST_CASE("a publication that one subscriber gets twice is noticed", "[answers]") {
    std::string before;
    const auto twice = [before](std::size_t connection, std::string_view line) mutable {
        if (connection != 2 || before.empty()) {
            if (connection == 2) before = std::string(line);
            return std::string(line);
        }
        return before;
    };
    CHECK(fan_out(twice).find("subscriber 2 got out of order") == 0);
}

TEST_CASE("a push without its number is noticed", "[answers]") {
    CHECK(fan_out(tenth([](std::string_view) {
              return "{\"push\":{}}";
          })).find("subscriber 1 got out of order") == 0);
}

TEST_CASE("an error instead of an answer is noticed", "[answers]") {
    const auto error = [](std::string_view line) {
        return std::string(line.substr(0, 16)) + ",\"error\":{\"code\":111}}";
    };
    CHECK(request(tenth(error)).find("\"code\":111") != std::string::npos);
}

TEST_CASE("the answer of another request is noticed", "[answers]") {
    const auto other = [](std::string_view line) {
        std::string text(line);
        const std::size_t at = text.find("\"n\":\"") + 5;  // the first digit of the client
        text[at] = text[at] == '9' ? '8' : '9';
        return text;
    };
    CHECK(request(tenth(other)).find("client 1 got a reply not its own") == 0);
}

}  // namespace
}  // namespace fairlead::bench
