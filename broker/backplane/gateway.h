// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "backplane/counts.h"
#include "backplane/options.h"
#include "base/clock.h"
#include "base/log.h"
#include "core/broker.h"
#include "core/ports.h"
#include "core/tap.h"

namespace asio {
class io_context;
}

namespace fairlead::backplane {

class Door;

/// What one instance looks like from here, for people and metrics.
struct InstanceView {
    core::LinkId link = 0;
    std::string service;
    std::string version;
    std::string uuid;
    std::string key;  ///< public; empty without keys
    std::string sdk;
    bool draining = false;
    std::uint32_t outstanding = 0;         ///< requests it has
    std::uint32_t reported_in_flight = 0;  ///< as its last heartbeat said
    std::uint32_t reported_queued = 0;
    std::chrono::milliseconds reported_oldest{0};
    struct Topic {
        std::string pattern;
        std::uint32_t window = 0;
        std::uint32_t outstanding = 0;
        std::size_t queued = 0;  ///< of the topic, for all its instances
    };
    std::vector<Topic> topics;
    std::vector<Interest> interests;
};

/// The services' side of core's thread, behind their door. What core asks of services becomes frames, and
/// what services send becomes calls of core. Frames for a peer are collected and sent once a turn.
///
/// The owner calls on_turn() whenever `want_turn` was called since the last one, and tick() about every 10
/// ms. Threads: one, that of the io_context and core.
class Gateway final : public core::Services {
public:
    /// Listens from here on, but reads nothing before attach(). Throws std::runtime_error if it cannot
    /// listen, with the cause and what to do. `want_turn` may be called from within any function; it must
    /// only take note. Clock, log and io_context outlive the gateway.
    Gateway(asio::io_context& io, const Options& options, const base::Clock& clock, base::Log& log,
            std::function<void()> want_turn);
    /// The same behind another door than ZeroMQ's, which calls `want_turn` by itself.
    Gateway(std::unique_ptr<Door> door, const Options& options, const base::Clock& clock, base::Log& log,
            std::function<void()> want_turn);
    ~Gateway() override;

    /// The broker must live until stop().
    void attach(core::Broker& broker);

    /// Is told of each event from now on; it lives as long as the gateway.
    void tap(core::Tap& tap);

    /// Where it listens, with the real ports.
    const std::vector<std::string>& bound_endpoints() const noexcept;

    /// Reads what came in (at most so many frames a turn), then sends what is for the peers. True if anything
    /// was done.
    bool on_turn();

    /// Whether a message waits to be read.
    bool input_waits() const;

    /// Another table of keys. What was granted under the old one and is not under the new one ends: such
    /// links are refused and cut with the next turn. Does nothing without keys.
    void reload(std::vector<ServiceRights> services);

    /// Heartbeats, probes, ages of queues.
    void tick();

    /// Says goodbye to all services and closes. Requests are not found from then on, and nothing is settled
    /// any more.
    void stop();

    core::Routed request(core::Request&& request) override;
    void cancel(core::CallId call) override;
    void answer(core::LinkId link, core::CallId call, core::Outcome&& outcome) override;
    core::Emitted emit(core::Event&& event) override;
    bool listens(core::Subjects subjects) const override;
    void tell(core::SessionEvent&& event) override;

    Counts counts() const;
    std::vector<InstanceView> instances() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace fairlead::backplane
