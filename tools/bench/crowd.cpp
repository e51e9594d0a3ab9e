// SPDX-License-Identifier: Apache-2.0
#include "bench/crowd.h"

#include "client/json.h"

namespace fairlead::bench {
namespace {

using client::Error;
using client::Fault;
using client::Swarm;
using std::chrono::milliseconds;

// Ids of the first two commands; benchmarks count from far above.
constexpr std::string_view kConnect = R"({"connect":{"name":"bench"},"id":1})";
constexpr std::string_view kConnected = R"({"id":1,"connect":)";
constexpr std::string_view kSubscribed = R"({"id":2,"subscribe":)";
constexpr std::string_view kRefusedConnect = R"({"id":1,)";
constexpr std::string_view kRefusedSubscribe = R"({"id":2,)";

bool begins(std::string_view text, std::string_view with) {
    return text.substr(0, with.size()) == with;
}

}  // namespace

Result<void> Crowd::gather(const client::Url& url, std::size_t clients, milliseconds timeout) {
    if (!swarm_) {
        auto swarm = Swarm::create(url, *this);
        if (!swarm) return swarm.error();
        swarm_ = std::move(*swarm);
    }
    subscribing_ = channel_.empty() ? 0 : swarm_->size() + clients;
    swarm_->open(clients);
    return wait_ready(ready_ + clients, timeout);
}

Result<std::size_t> Crowd::gather_plain(milliseconds timeout) {
    const std::size_t number = swarm_->size();
    swarm_->open(1);
    if (auto done = wait_ready(ready_ + 1, timeout); !done) return done.error();
    return number;
}

void Crowd::disperse() {
    swarm_->clear();
    ready_ = 0;
    fault_.clear();
}

Result<void> Crowd::wait_ready(std::size_t wanted, milliseconds timeout) {
    const Deadline deadline = Clock::now() + timeout;
    while (ready_ < wanted) {
        if (!fault_.empty()) return Error{Fault::refused, fault_};
        if (Clock::now() > deadline) {
            return Error{Fault::timeout, std::to_string(ready_) + " of " + std::to_string(wanted) +
                                             " clients were ready in time"};
        }
        swarm_->turn(milliseconds(100));
    }
    return {};
}

void Crowd::fail(std::string_view what) {
    if (fault_.empty()) fault_ = std::string(what);
}

void Crowd::opened(std::size_t connection) {
    std::string commands(kConnect);
    if (connection < subscribing_) {
        commands += "\n{\"subscribe\":{\"channel\":" + client::quoted(channel_) + "},\"id\":2}";
    }
    swarm_->send(connection, Swarm::text_frame(commands));
}

void Crowd::received(std::size_t connection, std::string_view reply) {
    const bool subscribes = connection < subscribing_;
    if (begins(reply, subscribes ? kSubscribed : kConnected)) {
        ++ready_;
    } else if (!begins(reply, kConnected)) {
        if (begins(reply, kRefusedConnect) || begins(reply, kRefusedSubscribe)) return fail(reply);
        replied(connection, reply);
    }
}

void Crowd::gone(std::size_t connection, std::string_view why) {
    fail("client " + std::to_string(connection) + ": " + std::string(why));
}

}  // namespace fairlead::bench
