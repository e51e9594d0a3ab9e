// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/hash.h"

namespace fairlead::edge {

class Session;
struct Channel;

/// Whether a subscriber misses something of its channel that it will have to recover.
enum class Gap : std::uint8_t {
    none,
    open,  ///< from here on it gets nothing more of the channel
    told,  ///< and core knows
};

/// A session's place in a channel; both sides know the other's index, so that leaving is O(1).
struct Subscription {
    Channel* channel = nullptr;
    std::uint32_t place = 0;  ///< index in channel->subscribers
    bool server_side = false;
};

/// A channel that has subscribers on this thread.
struct Channel {
    struct Subscriber {
        Session* session;
        std::uint32_t place;  // index in the session's subscriptions
        bool join_leave;      // it is told who joins and who leaves
        Gap gap = Gap::none;
    };
    std::string name;
    std::uint64_t id = 0;  ///< never 0, never used again
    std::vector<Subscriber> subscribers;
};

/// Which sessions of this thread are subscribed to what.
/// Threads: one edge thread.
class Channels {
public:
    explicit Channels(core::Hash hash) : channels_(0, Hasher{hash}) {}

    /// The session must not be subscribed yet.
    void subscribe(Session& session, std::string_view name, bool server_side, bool join_leave = false);
    /// The id of the channel that was left; 0 if the session was not subscribed.
    std::uint64_t unsubscribe(Session& session, std::string_view name);
    void unsubscribe_all(Session& session);

    /// Nullptr if nobody here is subscribed.
    const Channel* find(std::string_view name) const;
    /// Of a conflation key; 0 for an empty one.
    std::uint64_t hash_of(std::string_view key) const {
        return key.empty() ? 0 : channels_.hash_function()(key);
    }
    std::size_t size() const noexcept { return channels_.size(); }

private:
    struct Hasher {
        using is_transparent = void;
        core::Hash hash;
        std::size_t operator()(std::string_view name) const noexcept { return hash(name); }
    };
    void leave(Session& session, std::size_t index);

    std::unordered_map<std::string, std::unique_ptr<Channel>, Hasher, std::equal_to<>> channels_;
    std::uint64_t last_id_ = 0;
};

}  // namespace fairlead::edge
