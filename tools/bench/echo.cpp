// SPDX-License-Identifier: Apache-2.0
#include "bench/echo.h"

#include "client/client.h"

namespace fairlead::bench {
namespace {

using client::Child;
using client::Clock;
using client::Error;
using client::Fault;
using client::Result;
using std::chrono::milliseconds;

constexpr milliseconds kStart{10000};
constexpr milliseconds kRetry{20};
constexpr std::uint32_t kNotFound = 104;

}  // namespace

Result<std::unique_ptr<Child>> start_echo(const Target& target, const std::string& program,
                                          const std::string& topic) {
    auto child = Child::start({program, target.backplane(), topic}, target.service_core());
    if (!child) return child.error();
    auto client = client::Client::connect("ws://" + target.url().authority() + target.url().target);
    if (!client) return client.error();
    const auto deadline = Clock::now() + kStart;
    while (true) {
        const auto reply = client->rpc(topic, "null");
        if (!reply) return reply.error();
        if (reply->error().code == 0) return std::move(*child);
        if (reply->error().code != kNotFound)
            return Error{Fault::refused, topic + ": " + reply->error().message};
        if ((*child)->wait_exit(kRetry) || Clock::now() > deadline) {
            return Error{Fault::io, "the echo service did not start:\n" + (*child)->output()};
        }
    }
}

}  // namespace fairlead::bench
