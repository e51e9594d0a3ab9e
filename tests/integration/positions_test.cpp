// SPDX-License-Identifier: Apache-2.0
// A stream that the engine had to forget: its subscribers are told, and come back to a new one.
#include <catch2/catch.hpp>

#include "support/parties.h"
#include "support/temporary_file.h"

namespace fairlead::support {
namespace {

constexpr int kChannels = 6000;  // more than there is memory for

TEST_CASE("subscribers of a stream that was forgotten are told before anything else arrives", "[positions]") {
    const TemporaryFile config(
        "[client]\nanonymous = true\n[[namespace]]\nname = \"room\"\nsubscribe = [\"anyone\"]\nhistory_size = 10\n"
        "[engine]\nmemory = \"1 MiB\"\n");
    auto options = with_threads(GENERATE(1, 3));
    options.insert(options.end(), {"--config", config.path()});
    Broker broker(options);
    Service service{"news", "1.0.0", behind(broker)};
    join(service);
    auto reader = enter(broker);
    const auto quiet = service.channel("room:quiet");
    subscribe(reader, "room:quiet");
    const auto first = quiet.publish(1).wait();
    REQUIRE(first.ok());
    CHECK(next(reader).data == "1");

    std::vector<Future<Published>> others;
    for (int i = 0; i < kChannels; ++i)
        others.push_back(service.channel("room:" + std::to_string(i)).publish(i));
    for (auto& one : others)
        REQUIRE(one.wait().ok());
    const auto second = quiet.publish(2).wait();
    REQUIRE(second.ok());
    CHECK(second->offset == 1);
    CHECK(second->epoch != first->epoch);
    CHECK(second->reached == 0);
    CHECK_THAT(next(reader).text, Catch::Contains(R"("unsubscribe":{"code":2500)"));
    subscribe(reader, "room:quiet");
    CHECK(quiet.publish(3).wait()->reached == 1);
    CHECK(next(reader).data == "3");
}

}  // namespace
}  // namespace fairlead::support
