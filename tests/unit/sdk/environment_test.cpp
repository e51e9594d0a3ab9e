// SPDX-License-Identifier: Apache-2.0
#include "src/environment.h"

#include <catch2/catch.hpp>

#include <map>
#include <stdexcept>
#include <string>

using fairlead::LogLevel;
using fairlead::ServiceOptions;

namespace {

ServiceOptions complete(ServiceOptions options, const std::map<std::string, std::string>& variables) {
    return fairlead::detail::complete(std::move(options), [&](const char* name) {
        auto found = variables.find(name);
        return found == variables.end() ? nullptr : found->second.c_str();
    });
}

}  // namespace

TEST_CASE("what is set holds over the environment, and that over the default", "[environment]") {
    CHECK(complete({}, {}).brokers.front() == "tcp://127.0.0.1:7000");
    CHECK(complete({}, {{"FAIRLEAD_SDK_BROKERS", " ipc:///run/b ,"}}).brokers.front() == "ipc:///run/b");
    ServiceOptions set;
    set.brokers = {"tcp://h:1"};
    set.threads = 9;
    CHECK(complete(set, {{"FAIRLEAD_SDK_BROKERS", "tcp://h:2"}}).brokers.front() == "tcp://h:1");
    CHECK(complete(set, {{"FAIRLEAD_SDK_THREADS", "2"}}).threads == 9);
    CHECK(complete({}, {{"FAIRLEAD_SDK_THREADS", "2"}}).threads == 2);
    CHECK(complete({}, {}).threads >= 4);
    CHECK(complete({}, {{"FAIRLEAD_SDK_LOG", "debug"}}).log_level == LogLevel::debug);
}

TEST_CASE("what cannot be names its variable or option", "[environment]") {
    using Catch::Contains;
    CHECK_THROWS_WITH(complete({}, {{"FAIRLEAD_SDK_BROKERS", "tcp://a:1,tcp://b:1"}}),
                      Contains("one broker"));
    CHECK_THROWS_WITH(complete({}, {{"FAIRLEAD_SDK_BROKERS", "localhost:7000"}}), Contains("neither tcp"));
    CHECK_THROWS_WITH(complete({}, {{"FAIRLEAD_SDK_BROKERS", "tcp://localhost"}}), Contains("neither tcp"));
    CHECK_THROWS_WITH(complete({}, {{"FAIRLEAD_SDK_THREADS", "0"}}), Contains("FAIRLEAD_SDK_THREADS"));
    CHECK_THROWS_WITH(complete({}, {{"FAIRLEAD_SDK_THREADS", "4x"}}), Contains("FAIRLEAD_SDK_THREADS"));
    CHECK_THROWS_WITH(complete({}, {{"FAIRLEAD_SDK_LOG", "loud"}}), Contains("FAIRLEAD_SDK_LOG"));
    ServiceOptions options;
    options.call_timeout = std::chrono::milliseconds(0);
    CHECK_THROWS_AS(complete(options, {}), std::invalid_argument);
}
