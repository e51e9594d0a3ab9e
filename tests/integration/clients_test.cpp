// SPDX-License-Identifier: Apache-2.0
// What a service does to single clients: push and disconnect.
#include <catch2/catch.hpp>

#include "support/jwt.h"
#include "support/parties.h"
#include "support/temporary_file.h"

namespace fairlead::support {
namespace {

// A terminal close code needs a reason, and the SDKs take one that is JSON for an instruction.
constexpr std::uint32_t kApplicationCode = 4321;

TEST_CASE("a push reaches that client alone", "[clients]") {
    Broker broker(with_threads(GENERATE(1, 3)));
    Service service{"shop", "1.0.0", behind(broker)};
    join(service);
    auto one = enter(broker);
    auto two = enter(broker);
    REQUIRE(service.client(one.id()).push(Value::map({{"n", 1}})).wait());
    REQUIRE(service.client(two.id()).push(Value::map({{"n", 2}})).wait());
    CHECK(next(one).text == R"({"push":{"message":{"data":{"n":1}}}})");
    CHECK(next(two).text == R"({"push":{"message":{"data":{"n":2}}}})");
}

TEST_CASE("a push to a client that is gone, or never was, is not found", "[clients]") {
    Broker broker(with_threads(GENERATE(1, 3)));
    Service service{"shop", "1.0.0", behind(broker)};
    join(service);
    auto client = enter(broker);
    const std::string id = client.id();
    REQUIRE(service.client(id).disconnect(3503).wait());
    CHECK(client.wait_close(kPatience)->close_code == 3503);
    CHECK(service.client(id).push(1).wait().error().code == 104);
    CHECK(service.client("no-such-client").push(1).wait().error().code == 104);
    CHECK(service.client("").push(1).wait().error().code == 107);
}

TEST_CASE("a service disconnects a client with its code and reason", "[clients]") {
    Broker broker(with_threads(GENERATE(1, 3)));
    Service service{"shop", "1.0.0", behind(broker)};
    join(service);
    auto client = enter(broker);
    auto other = enter(broker);
    const auto handle = service.client(client.id());
    CHECK(handle.disconnect(1000, "no").wait().error().code == 107);
    CHECK(handle.disconnect(5000, "no").wait().error().code == 107);
    CHECK(handle.disconnect(kApplicationCode, "moved to room 2").wait().value().reached == 1);
    const auto closed = client.wait_close(kPatience);
    REQUIRE(closed);
    CHECK(closed->close_code == kApplicationCode);
    CHECK(closed->payload == "moved to room 2");
    CHECK(handle.disconnect(kApplicationCode).wait().value().reached == 0);
    CHECK(ask(other, "nobody.here", "{}").code == 104);
}

TEST_CASE("close reasons are never empty for a final code, never JSON, never too long", "[clients]") {
    Broker broker(with_threads(GENERATE(1, 3)));
    Service service{"shop", "1.0.0", behind(broker)};
    join(service);
    const auto reason_for = [&](std::uint32_t code, const std::string& reason) {
        auto client = enter(broker);
        REQUIRE(service.client(client.id()).disconnect(code, reason).wait());
        const auto closed = client.wait_close(kPatience);
        return closed ? closed->payload : "no close frame: " + closed.error().text;
    };
    CHECK_FALSE(reason_for(3500, "").empty());
    CHECK_FALSE(reason_for(4500, "").empty());
    CHECK_FALSE(client::parse_json(reason_for(kApplicationCode, "12")));
    CHECK_FALSE(client::parse_json(reason_for(kApplicationCode, R"({"reconnect":false})")));
    CHECK(reason_for(kApplicationCode, std::string(123, 'x')) == std::string(123, 'x'));
    auto client = enter(broker);
    auto too_long = service.client(client.id()).disconnect(kApplicationCode, std::string(124, 'x'));
    CHECK(too_long.wait().error().code == 107);
}

TEST_CASE("a service disconnects all clients of a user and nobody else", "[clients]") {
    const std::string secret(32, 's');
    TemporaryFile secret_file(secret);
    Broker broker(with_threads(GENERATE(1, 3), {"token.hs256_secret_file=" + secret_file.path()}));
    Service service{"shop", "1.0.0", behind(broker)};
    join(service);
    std::vector<client::Client> ada;
    client::ClientOptions options;
    options.token = test::sign_hs256(R"({"sub":"ada"})", secret);
    for (int i = 0; i < 4; ++i)
        ada.push_back(enter(broker, options));
    options.token = test::sign_hs256(R"({"sub":"bob"})", secret);
    auto bob = enter(broker, options);

    CHECK(service.user("ada").disconnect(4000, "signed out").wait().value().reached == 4);
    for (auto& client : ada) {
        const auto closed = client.wait_close(kPatience);
        REQUIRE(closed);
        CHECK(closed->close_code == 4000);
        CHECK(closed->payload == "signed out");
    }
    CHECK(service.user("bob").publish("still", "here").wait().value().reached == 1);
    CHECK(next(bob).data == R"("here")");
}

}  // namespace
}  // namespace fairlead::support
