// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <mutex>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "edge/address.h"
#include "edge/options.h"
#include "edge/token_bucket.h"

namespace fairlead::edge {

/// Who may come in: counts the connections of all edge threads, of each address, and of those that have not sent their
/// connect command. The one thing that edge threads share, and only when a connection comes or goes.
/// Threads: any.
class Admission {
public:
    /// `max_clients` is already limited by the descriptors of the process.
    Admission(const Options& options, std::size_t max_clients);

    /// Empty: it is in, and released() must follow. Else why not, a constant text.
    std::string_view admit(const PeerGroup& peer, base::Steady now);
    /// The connection sent its connect command.
    void connected();
    void released(const PeerGroup& peer, bool was_connected);

    std::size_t clients() const;
    std::size_t known_addresses() const;

private:
    struct Hash {
        std::size_t operator()(const PeerGroup& peer) const noexcept {
            return static_cast<std::size_t>((peer.bits + (peer.v6 ? 1 : 0)) * 0x9e3779b97f4a7c15U);
        }
    };
    struct Peer {
        TokenBucket accepts;
        std::size_t open = 0;
        base::Steady last{};
    };
    bool limited(const PeerGroup& peer) const { return !peer.loopback || options_.limit_loopback; }
    void forget_idle(base::Steady now);

    const Options& options_;
    const std::size_t max_clients_;

    mutable std::mutex mutex_;  // guards what follows
    std::size_t clients_ = 0;
    std::size_t before_connect_ = 0;
    std::unordered_map<PeerGroup, Peer, Hash> peers_;
};

}  // namespace fairlead::edge
