// SPDX-License-Identifier: Apache-2.0
// SIGHUP: a changed configuration file is taken over as a whole, or not at all.
#include <catch2/catch.hpp>

#include <csignal>
#include <fstream>

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

}  // namespace
}  // namespace fairlead::support
