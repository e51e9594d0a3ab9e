// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/timer_wheel.h"
#include "core/channels.h"
#include "core/clients.h"
#include "core/edges.h"
#include "core/options.h"
#include "core/ports.h"

namespace fairlead::core {

using ClientInfoPtr = std::shared_ptr<const ClientInfo>;

/// Who is subscribed to the channels whose rules say that it can be known, and the telling of who joins and
/// who leaves.
///
/// A leave is told after a delay, so that who comes back at once has not been away, and whose other client
/// came meanwhile is seen all the time. Above a number of subscribers nobody is told of single ones: there
/// are the counts.
///
/// Threads: one.
class Presence {
public:
    Presence(const Options& options, const Ports& ports, Edges& edges, Clients& clients, Channels& channels);

    /// The client has just subscribed; once.
    void add(const Client& client, Row channel);
    /// It is told to the others, with those rules, unless it has not been away. The client's own subscription was posted
    /// before. How many subscribers the channel has, if they are told.
    std::uint32_t announce(Row channel, const NamespaceOptions& rules, const ClientInfoPtr& info);
    /// It leaves; `info` = what others knew of it; null = whatever was told of it, this is not.
    void remove(const Client& client, Row channel, const NamespaceOptions& rules, const ClientInfoPtr& info);
    /// Tells of those who have left, and forgets all, so that other rules can begin.
    void clear();

    struct Stats {
        std::uint32_t clients = 0;
        std::uint32_t users = 0;  ///< distinct ids, the empty one too
    };
    Stats stats(Row channel) const;
    /// Rows of its clients, in no order.
    std::vector<Row> clients(Row channel) const;
    /// Those who left and of whom that is not told yet: they count as there, since they may come back as if they had never
    /// been away.
    std::vector<ClientInfoPtr> leaving(Row channel) const;

    void tick();

private:
    /// By the channel's name and the client's id.
    using LeaveKey = std::pair<std::string, std::string>;
    struct Leave {
        ClientInfoPtr info;
        SlowReader slow_reader = SlowReader::disconnect;
        base::TimerId timer = 0;
    };
    struct Members {
        std::unordered_map<Row, Row> users;                 // by client
        std::unordered_map<Row, std::uint32_t> clients_of;  // by user
    };

    bool is_told(Row channel, const NamespaceOptions& rules) const;
    std::uint32_t post(Row channel, const ClientInfoPtr& info, bool left, SlowReader policy);
    void hold(LeaveKey&& key, const ClientInfoPtr& info, SlowReader policy);
    void tell(std::map<LeaveKey, Leave>::iterator held);

    const Options& options_;
    base::Clock& clock_;
    Edges& edges_;
    Clients& clients_;
    Channels& channels_;
    std::unordered_map<Row, Members> members_;
    std::map<LeaveKey, Leave> leaves_;
    base::TimerWheel<LeaveKey> timers_;
};

}  // namespace fairlead::core
