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

/// Who may come in: counts the connections of all edge threads, of each address, and of those that have not
/// sent their connect command. The one thing that edge threads share, and only when a connection comes or
/// goes. Threads: any.
class Admission {
public:
    /// `max_clients` is already limited by the descriptors of the process.
    Admission(const Options& options, std::size_t max_clients);

    /// Empty: it is in, and released() must follow. Else why not, a constant text. Who comes is let in also where too many
    /// have not connected yet: see crowded().
    std::string_view admit(const PeerGroup& peer, base::Steady now);
    /// The same for a connection that comes through a proxy: whose it is shows later, in identify().
    std::string_view admit_unidentified();
    /// Empty: the address has its share left, and released() must name it. Else why not.
    std::string_view identify(const PeerGroup& peer, base::Steady now);
    /// More connections have yet to connect than may: one of them has to go. It is the one that made no step for longest,
    /// not the one that came last: else a few peers that do not go on would keep everybody out.
    bool crowded() const;
    /// The connect command has succeeded.
    void connected();
    /// `identified`: its address was counted, by admit() or identify().
    void released(const PeerGroup& peer, bool identified, bool was_connected);

    /// Whether a token of this address may be verified now. Verifying is the dearest thing that a stranger
    /// can ask for.
    bool may_verify(const PeerGroup& peer, base::Steady now);
    /// The token was not valid, which costs the address as much again.
    void verification_failed(const PeerGroup& peer, base::Steady now);

    /// While memory is short nobody is admitted.
    void close_for_memory(bool short_of_memory);

    /// New limits; what is in stays.
    void reload(const Options& options);

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
        TokenBucket verifications;
        std::size_t open = 0;
        base::Steady last{};
    };
    bool limited(const PeerGroup& peer) const { return !peer.loopback || options_.limit_loopback; }
    std::string_view admit_any();
    std::string_view count(const PeerGroup& peer, base::Steady now);
    Peer& known(const PeerGroup& peer, base::Steady now);
    void forget_idle(base::Steady now);

    const std::size_t max_clients_;

    mutable std::mutex mutex_;  // guards what follows
    Options options_;
    bool short_of_memory_ = false;
    std::size_t clients_ = 0;
    std::size_t before_connect_ = 0;
    std::unordered_map<PeerGroup, Peer, Hash> peers_;
    base::Steady forget_at_{};
};

}  // namespace fairlead::edge
