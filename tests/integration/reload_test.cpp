// SPDX-License-Identifier: Apache-2.0
// SIGHUP: a changed configuration file is taken over as a whole, or not at all.
#include <catch2/catch.hpp>

#include <csignal>
#include <fstream>

#include "support/keys.h"
#include "support/parties.h"
#include "support/temporary_file.h"

namespace fairlead::support {
namespace {

using namespace std::chrono_literals;

std::string rules(const std::string& topics, const std::string& more = {}) {
    return "[client]\nanonymous = true\ntopics = [\"" + topics + "\"]\n" + more;
}

void rewrite(const TemporaryFile& file, const std::string& text) {
    std::ofstream(file.path(), std::ios::trunc) << text;
}

TEST_CASE("a hangup takes over the rules of the file, for clients that are in", "[reload]") {
    TemporaryFile file(rules("shop.>"));
    auto options = with_threads(GENERATE(1, 3));
    options.insert(options.end(), {"--config", file.path()});
    Broker broker(options);
    Service service{"shop", "1.0.0", behind(broker)};
    service.on("shop.buy", [](Request&) { return 1; });
    join(service);
    auto client = enter(broker);
    REQUIRE(ask(client, "shop.buy", "{}").data == "1");

    rewrite(file, rules("other.>"));
    broker.process().signal(SIGHUP);
    REQUIRE(broker.process().wait_for_output("configuration reloaded", 20s));
    CHECK(ask(client, "shop.buy", "{}").code == 103);

    rewrite(file, rules("shop.>", "[websocket]\npaht = \"/x\"\n"));
    broker.process().signal(SIGHUP);
    REQUIRE(broker.process().wait_for_output("not reloaded", 20s));
    CHECK(broker.process().output().find("websocket.paht") != std::string::npos);
    CHECK(ask(client, "shop.buy", "{}").code == 103);

    rewrite(file, rules("shop.>", "[websocket]\npath = \"/elsewhere\"\n"));
    broker.process().signal(SIGHUP);
    REQUIRE(broker.process().wait_for_output("only after a restart", 20s));
    CHECK(outcome_of(client.subscribe("x")).code == 102);  // after the reload, in its order
    CHECK(ask(client, "shop.buy", "{}").data == "1");
}

// The file is right, but what it changes is not all taken over at once.
TEST_CASE("a hangup takes nothing over that does not fit what only a restart changes", "[reload]") {
    TemporaryFile file(rules("shop.>"));
    Broker broker({"--config", file.path()});
    rewrite(file, rules("shop.>", "max_message = \"512 KiB\"\n[backplane]\nmax_payload = \"512 KiB\"\n"));
    broker.process().signal(SIGHUP);
    REQUIRE(broker.process().wait_for_output("not reloaded", 20s));
    CHECK(broker.process().output().find("beside what only a restart changes") != std::string::npos);
    CHECK(broker.process().output().find("client.max_message") != std::string::npos);
}

TEST_CASE("T41: keys of the backplane are not switched off by a hangup", "[reload]") {
    KeyFolder keys;
    keys.configure(table_of("orders", keys.key("orders"), kAllRights));
    Broker broker(keys.options());
    Service orders{"orders", "1.0.0", keys.service(broker.backplane_address(), "orders")};
    orders.on("orders.create", [](Request&) { return 1; });
    join(orders);
    auto client = enter(broker);
    std::ofstream(keys.path("fairlead.toml")) << rules(">");
    broker.process().signal(SIGHUP);
    REQUIRE(broker.process().wait_for_output("switched on or off by a restart only", 20s));
    CHECK(ask(client, "orders.create", "{}").data == "1");
}

TEST_CASE("T49: a hangup that comes while the broker starts is taken when it is ready", "[reload]") {
    auto started = client::Child::start({program("fairlead-broker"), "--set", "websocket.listen=127.0.0.1:0", "--set",
                                         "backplane.listen=tcp://127.0.0.1:*"});
    REQUIRE(started);
    REQUIRE((*started)->wait_for_output("development profile", 20s));
    (*started)->signal(SIGHUP);
    CHECK((*started)->wait_for_output("configuration reloaded", 20s));
}

TEST_CASE("T50: the log says at each start and reload which insecure switches are on", "[reload]") {
    TemporaryFile file(rules("shop.>"));
    Broker quiet({"--config", file.path()});
    rewrite(file, rules("shop.>", "[token]\njwks_insecure_http = true\n"));
    quiet.process().signal(SIGHUP);
    REQUIRE(quiet.process().wait_for_output("insecure: token.jwks_insecure_http", 20s));
    const std::string output = quiet.process().output();
    CHECK(output.find("insecure: ") > output.find("ready: "));
    Broker loud({"--config", file.path()});
    CHECK(loud.process().wait_for_output("insecure: token.jwks_insecure_http", 20s));
}

}  // namespace
}  // namespace fairlead::support
