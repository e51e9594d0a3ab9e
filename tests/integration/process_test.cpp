// SPDX-License-Identifier: Apache-2.0
// What the broker's program does before it serves anybody.
#include <catch2/catch.hpp>

#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "support/parties.h"
#include "support/temporary_file.h"

namespace fairlead::support {
namespace {

using namespace std::chrono_literals;

std::string core_limit_of(pid_t pid) {
    std::ifstream in("/proc/" + std::to_string(pid) + "/limits");
    for (std::string line; std::getline(in, line);) {
        if (line.rfind("Max core file size", 0) == 0) return line;
    }
    return {};
}

TEST_CASE("T41: no core of a broker is written, whatever the limits of who starts it", "[process]") {
    rlimit limit{};
    REQUIRE(::getrlimit(RLIMIT_CORE, &limit) == 0);
    limit.rlim_cur = limit.rlim_max;
    REQUIRE(::setrlimit(RLIMIT_CORE, &limit) == 0);
    Broker broker;
    const std::string line = core_limit_of(broker.process().pid());
    CAPTURE(line);
    const auto numbers = line.find_first_of("0123456789u");  // "unlimited", or a number of bytes
    REQUIRE(numbers != std::string::npos);
    CHECK_THAT(line.substr(numbers), Catch::Matches("0 +0 +bytes *"));
}

TEST_CASE("T50: a broker that clients could reach from anywhere does not start with an insecure switch", "[process]") {
    TemporaryFile file("[client]\ninsecure_token_in_url = true\n");
    auto started = client::Child::start({program("fairlead-broker"), "--config", file.path(), "--set",
                                         "websocket.listen=0.0.0.0:0", "--set", "backplane.listen=tcp://127.0.0.1:*"});
    REQUIRE(started);
    CHECK((*started)->wait_exit(20s) == 2);
    CHECK((*started)->wait_for_output("client.insecure_token_in_url_confirmed = true", kPatience));
}

}  // namespace
}  // namespace fairlead::support
