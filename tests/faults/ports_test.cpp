// SPDX-License-Identifier: Apache-2.0
// A second broker on a port that is taken ends and says so; the first one does not notice.
#include <catch2/catch.hpp>

#include "support/parties.h"

namespace fairlead::support {
namespace {

struct Ended {
    int status = 0;
    std::string output;
};

Ended run_at(int threads, const std::string& websocket, const std::string& backplane) {
    auto command = with_threads(threads, {"websocket.listen=127.0.0.1:" + websocket,
                                          "backplane.listen=tcp://127.0.0.1:" + backplane});
    command.insert(command.begin(), program("fairlead-broker"));
    auto second = client::Child::start(command);
    if (!second) return {0, second.error().text};
    const auto status = (*second)->wait_exit(kPatience);
    (void)(*second)->wait_for_output("no such text: all of it until the end", kPatience);
    return {status.value_or(0), (*second)->output()};
}

TEST_CASE("a second broker on a taken port is refused with a clear message", "[broker]") {
    const int first_threads = GENERATE(1, 3);
    const int second_threads = GENERATE(1, 3);
    Broker broker(with_threads(first_threads));
    const auto websocket = port_of(broker.websocket_url());
    const auto backplane = port_of(broker.backplane_address());

    const auto at_websocket = run_at(second_threads, websocket, "*");
    CAPTURE(at_websocket.output);
    CHECK(at_websocket.status == 1);
    CHECK_THAT(at_websocket.output, Catch::Contains("127.0.0.1:" + websocket));
    CHECK_THAT(at_websocket.output, Catch::Contains("in use"));
    CHECK_THAT(at_websocket.output, !Catch::Contains("ready"));

    const auto at_backplane = run_at(second_threads, "0", backplane);
    CAPTURE(at_backplane.output);
    CHECK(at_backplane.status == 1);
    CHECK_THAT(at_backplane.output, Catch::Contains("127.0.0.1:" + backplane));
    CHECK_THAT(at_backplane.output, Catch::Contains("another program listens there"));
    CHECK_THAT(at_backplane.output, !Catch::Contains("ready"));

    // Every connection still goes to the first.
    Service service{"first", "1.0.0", behind(broker)};
    service.on("first.ask", [](Request&) { return 1; });
    join(service);
    for (int i = 0; i < 20; ++i) {
        auto client = enter(broker);
        CHECK(ask(client, "first.ask", "{}").data == "1");
    }
}

TEST_CASE("a port is free again as soon as its broker has ended", "[broker]") {
    const int threads = GENERATE(1, 3);
    std::string websocket;
    std::string backplane;
    {
        Broker broker(with_threads(threads));
        websocket = port_of(broker.websocket_url());
        backplane = port_of(broker.backplane_address());
        auto client = enter(broker);  // leaves a connection behind
    }
    for (int i = 0; i < 3; ++i) {
        Broker broker(with_threads(threads, {"websocket.listen=127.0.0.1:" + websocket,
                                             "backplane.listen=tcp://127.0.0.1:" + backplane}));
        auto client = enter(broker);
        CHECK(ask(client, "nobody.here", "{}").code == 104);
    }
}

}  // namespace
}  // namespace fairlead::support
