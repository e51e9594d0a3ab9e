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
#include "backplane/numbering.h"
#include "backplane/options.h"
#include "backplane/tcp_connection.h"
#include "base/clock.h"
#include "base/log.h"

namespace fairlead::backplane {

/// Cuts peers that send a message without end, and those that only take up a descriptor. libzmq gives out whole
/// messages only and bounds neither their parts nor their bytes, so that until its last part a message is held,
/// whatever its length.
///
/// What a connection has brought since its last whole message, and libzmq has read, is such a message, or a part
/// of one. A link may have one legal message of it, and `kSpareOfOne` more; what all links have beyond a legal
/// message is at most `kSpareOfLinks`. Who has no link may have `kSpareOfOne`, all of them together
/// `kMostOfStrangers`. The largest goes first. The bytes are the kernel's count, of TCP only: over ipc:// nobody
/// counts them, and the memory limit of the process is the bound.
///
/// Who has no link has to bring a message within `kFirstWord`, and of more than `kMostStrangers` the oldest goes.
///
/// Messages of links cost nothing for it. Threads: one, core's.
class Intake {
public:
    static constexpr std::uint64_t kSpareOfOne = 1024 * 1024;
    static constexpr std::uint64_t kSpareOfLinks = 64 * 1024 * 1024;
    static constexpr std::uint64_t kMostOfStrangers = 16 * 1024 * 1024;
    static constexpr std::chrono::seconds kFirstWord{10};
    static constexpr std::size_t kMostStrangers = 1024;

    Intake(const Options& options, const base::Clock& clock, base::Log& log, Links& links, Counts& counts);

    /// Before the socket listens. Without it, where services come another way, nobody is cut.
    void watch(zmq::context_t& context, zmq::socket_t& socket);

    /// What comes over this connection is the link's from now on; its messages are known by Liveness.
    void belongs_to(int descriptor, const Link& link);
    /// Whether the peer left its routing id to libzmq.
    bool is_given(std::string_view routing_id);
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
        base::Steady came{};
        bool silent = true;       ///< it has brought no whole message yet
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
    /// False: it is closed.
    bool look(Connection& connection);
    Link* link_of(const Connection& connection) const;
    /// What one has that is bounded: bytes or age.
    struct Weighed {
        std::uint64_t weight;
        int descriptor;
    };
    bool judge();
    bool cut_largest(std::vector<Weighed>& all, std::uint64_t most_of_all);
    void cut_silent(std::vector<Weighed>& strangers);
    bool cut(int descriptor, std::string_view why);
    void log_cut(const Connection& connection, std::string_view address, std::string_view why);

    const Options& options_;
    const std::uint64_t legal_;  ///< bytes of one message
    const base::Clock& clock_;
    base::Log& log_;
    Links& links_;
    Counts& counts_;
    std::optional<Numbering> numbering_;
    Grip grip_;
    std::optional<Arrivals> arrivals_;
    std::uint32_t came_ = 0;  ///< connections ever, whatever they came over
    Connections connections_;
    std::vector<int> round_;  ///< to be looked at before all are again
    base::Steady all_read_at_{};
    LogLimit log_limit_;
};

}  // namespace fairlead::backplane
