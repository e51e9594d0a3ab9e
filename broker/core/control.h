// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "core/admission.h"
#include "core/hooks.h"
#include "core/reached.h"
#include "core/revocations.h"

namespace fairlead::core {

/// What services and operators do to clients from outside.
/// Threads: one.
class Control {
public:
    Control(const Ports& ports, const Permissions& permissions, Edges& edges, Clients& clients, Subscriptions& subscriptions,
            Revocations& revocations, Hooks& hooks, Admission& admission,
            Sessions& sessions)
        : log_(ports.log),
          permissions_(permissions),
          edges_(edges),
          clients_(clients),
          subscriptions_(subscriptions),
          revocations_(revocations),
          hooks_(hooks),
          admission_(admission),
          sessions_(sessions) {}

    Reached push(std::string_view client_id, Payload&& data);
    Reached push_user(std::string_view user, const Payload& data);
    Reached subscribe(const Audience& audience, const std::string& channel);
    Reached unsubscribe(const Audience& audience, const std::string& channel, std::uint16_t code,
                        std::string_view reason);
    Reached keep_state(std::string_view client_id, std::string_view state);
    Reached disconnect_client(std::string_view client_id, std::uint16_t code, std::string_view reason);
    Reached disconnect_user(std::string_view user, std::uint16_t code, std::string_view reason);
    Reached revoke(const Revocation& revocation);
    /// All whose token was verified with this key; how many.
    std::uint32_t disconnect_key(std::string_view key_id);
    void disconnect_all(std::uint16_t code, std::string_view reason);

    /// A client did not read: it is said who. One that has a gap in a channel and reads again is made to come back to
    /// it: 2500, or, where the broker subscribed it, 3010.
    void lagged(Client& client, Lagged&& command);
    /// All subscribers of a channel may have a gap.
    void lost(Row channel);

private:
    void end_for_gap(Client& client);
    template <typename Do>
    Reached for_each(const Audience& audience, Do&& act);
    template <typename End>
    void for_each(const Target& target, End&& end);
    void forget_answers(const Target& target);
    bool means(const Target& target, const Client& client) const;

    base::Log& log_;
    const Permissions& permissions_;
    Edges& edges_;
    Clients& clients_;
    Subscriptions& subscriptions_;
    Revocations& revocations_;
    Hooks& hooks_;
    Admission& admission_;
    Sessions& sessions_;
};

}  // namespace fairlead::core
