// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <string_view>
#include <unordered_map>

#include "core/clients.h"
#include "core/edges.h"
#include "core/from_edge.h"
#include "core/hooks.h"

namespace fairlead::core {

/// Where a client waits for the answer of a hook. What it asks meanwhile waits behind it, in its order and within bounds;
/// other clients go on.
///
/// Threads: one.
class Gate {
public:
    using Then = std::function<void(Client&, const HookReply&)>;

    Gate(const Options& options, Hooks& hooks, Edges& edges, Clients& clients)
        : options_(options.hook), hooks_(hooks), edges_(edges), clients_(clients) {}

    /// How a command goes on that waited.
    void attach(std::function<void(FromEdge&&)> handle) { handle_ = std::move(handle); }

    /// The client must not be waiting. Calls then(...) unless the client goes first, perhaps before it returns.
    void ask(Client& client, wire::Hook hook, std::string_view space, CallerPtr caller,
             const wire::HookQuestion& question, Then then);

    static bool waits(const Client& client) noexcept { return client.question != 0; }

    /// Keeps a command of a client that waits, or refuses it with 111.
    void hold(Client& client, FromEdge&& command);

    /// The client has gone.
    void forget(Client& client);

private:
    struct Backlog {
        std::deque<FromEdge> commands;
        std::size_t bytes = 0;
        bool emptying = false;
    };

    void go_on(const ClientKey& key, const Then& then, const HookReply& reply);
    void empty(const ClientKey& key);

    const HookOptions& options_;
    Hooks& hooks_;
    Edges& edges_;
    Clients& clients_;
    std::function<void(FromEdge&&)> handle_;
    std::unordered_map<Row, Backlog> backlogs_;
};

}  // namespace fairlead::core
