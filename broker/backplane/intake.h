// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>
#include <zmq.hpp>

#include "backplane/arrivals.h"
#include "backplane/counts.h"
#include "backplane/links.h"
#include "backplane/log_limit.h"
#include "backplane/options.h"
#include "backplane/tcp_connection.h"
#include "base/clock.h"
#include "base/log.h"

namespace fairlead::backplane {

/// Cuts peers that send a message without end. libzmq gives out whole messages only and bounds neither their
/// parts nor their bytes, so that until its last part a message is held, whatever its length.
///
/// What a connection has brought since its last whole message is such a message, or a part of one: more than
/// `kMostOfOne` of it, or the most where all have more than `kMostOfAll` together, ends the connection and
/// its link. A legal message is far smaller. The bytes are the kernel's count, of TCP only: over ipc://
/// nobody counts them, and the memory limit of the process is the bound.
///
/// Messages of links cost nothing for it. Threads: one, core's.
class Intake {
public:
    static constexpr std::uint64_t kMostOfOne = 16 * 1024 * 1024;
    static constexpr std::uint64_t kMostOfAll = 64 * 1024 * 1024;

    /// Before the socket listens.
    Intake(zmq::context_t& context, zmq::socket_t& socket, const Options& options, const base::Clock& clock,
           base::Log& log, Links& links, Counts& counts);

    /// What comes over this connection is the link's from now on; its messages are known by Liveness.
    void belongs_to(int descriptor, const Link& link);
    /// A whole message came of a peer without a link.
    void heard(int descriptor);

    /// Call it about every 10 ms. `all_read`: every whole message that had come was handled. True if a link
    /// has to end.
    bool tick(bool all_read);

    std::size_t size() const noexcept { return connections_.size(); }

private:
    struct Connection {
        TcpConnection tcp;
        core::LinkId link = 0;
        std::string service{};  ///< who it was when it greeted, even if its link has ended since
        std::string key{};
        base::Steady heard{};     ///< its last message without a link
        std::uint64_t whole = 0;  ///< bytes that had come when it was last known to have brought a message
        base::Steady whole_at{};
        std::uint64_t seen = 0;  ///< bytes that had come at the last look
        base::Steady seen_at{};
        std::uint64_t held = 0;  ///< of those, what no whole message has come of
    };
    using Connections = std::unordered_map<int, Connection>;

    void take_arrivals();
    void arrived(const Arrivals::Event& event);
    void forget(Connections::iterator at);
    /// False: it is closed.
    bool look(Connection& connection);
    void hold(Connection& connection, std::uint64_t bytes);
    Link* link_of(const Connection& connection) const;
    bool cut_the_worst();
    bool cut(Connections::iterator at);
    void log_cut(const Connection& connection, std::string_view address);

    const Options& options_;
    const base::Clock& clock_;
    base::Log& log_;
    Links& links_;
    Counts& counts_;
    Arrivals arrivals_;
    Connections connections_;
    std::vector<int> round_;  ///< to be looked at before all are again
    std::uint64_t held_ = 0;  ///< by all
    base::Steady all_read_at_{};
    LogLimit log_limit_;
};

}  // namespace fairlead::backplane
