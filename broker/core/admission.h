// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/clients.h"
#include "core/edges.h"
#include "core/expiry.h"
#include "core/from_edge.h"
#include "core/requests.h"
#include "core/revocations.h"
#include "core/sessions.h"
#include "core/subscriptions.h"

namespace fairlead::core {

/// Which clients come in, how long they may stay, and what happens when they go.
/// Threads: one.
class Admission {
public:
    Admission(const Options& options, const Ports& ports, const Permissions& permissions,
              const Revocations& revocations, Edges& edges, Clients& clients, Subscriptions& subscriptions,
              Requests& requests, Hooks& hooks, Gate& gate, Sessions& sessions)
        : options_(options),
          log_(ports.log),
          clock_(ports.clock),
          translator_(ports.translator),
          permissions_(permissions),
          revocations_(revocations),
          edges_(edges),
          clients_(clients),
          subscriptions_(subscriptions),
          requests_(requests),
          hooks_(hooks),
          gate_(gate),
          sessions_(sessions),
          expiry_(options, ports.clock) {}

    void connect(Connect&& command);
    void refresh(Client& client, Refresh&& command);

    /// Ends the client. What the edge still sends for it comes from an unknown client.
    void close(Client& client, std::uint16_t code, std::string reason = {});
    void close(Client& client, wire::Close code, std::string reason = {});

    /// The client has gone, with that close code: nothing of it is left, and nobody works for it any more.
    void forget(Client& client, std::uint16_t code, std::string_view reason);

    /// Closes those whose time is over.
    void tick();

    /// After the rules have changed: ends clients and subscriptions that they do not allow.
    void recheck();

private:
    /// Whether the slot is free for the new client.
    bool make_place(const ClientKey& key);
    bool may_come_in(const Connect& command);
    /// Why a client with such a token stays outside.
    struct Fault {
        wire::Close code;
        std::string why;
    };
    std::optional<Fault> fault_of(const Claims& claims) const;
    bool at_limit(std::string_view user) const;
    void come_in(Client& client, Connect&& command, bool by_hook = false);

    void ask_hook(Connect&& command);
    void answered(Client& client, Connect&& command, base::Wall asked, const HookReply& reply);
    void refuse(Client& client, std::uint32_t id, wire::Failure&& failure);
    bool take(const wire::HookAnswer& answer, base::Wall asked, Connect& command);

    void time_over(Client& client);
    void refreshed(Client& client, const HookReply& reply);
    void renew(Client& client, const wire::HookAnswer& answer);

    const Options& options_;
    base::Log& log_;
    base::Clock& clock_;
    Translator& translator_;
    const Permissions& permissions_;
    const Revocations& revocations_;
    Edges& edges_;
    Clients& clients_;
    Subscriptions& subscriptions_;
    Requests& requests_;
    Hooks& hooks_;
    Gate& gate_;
    Sessions& sessions_;
    Expiry expiry_;
};

}  // namespace fairlead::core
