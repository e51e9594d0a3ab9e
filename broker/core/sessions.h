// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "base/timer_wheel.h"
#include "core/clients.h"
#include "core/farewells.h"
#include "core/options.h"
#include "core/teller.h"
#include "wire/error.h"

namespace fairlead::core {

/// Sessions and users as services are told of them: opened, resumed, closed; online, offline.
///
/// A session is a user's `sid`. It has one client or several; when the last one goes it waits for the next,
/// with what services kept with it, until the grace time is over. A client without `sid` is a session of its
/// own that nothing resumes.
///
/// Threads: one.
class Sessions {
public:
    Sessions(const Options& options, const Ports& ports, Clients& clients, Teller& teller);

    /// The client has come in.
    void opened(Client& client);
    /// It goes, with that close code.
    void gone(Client& client, std::uint16_t code, std::string_view reason);

    /// What services keep with the client's session: MessagePack; empty = nothing any more.
    wire::Failure keep(const Client& client, std::string_view state);
    std::string_view state_of(const Client& client) const;

    /// The sessions, or users, that there are now; see Broker::snapshot.
    SnapshotPage sessions(std::uint64_t from, std::size_t max_events);
    SnapshotPage users(std::uint64_t from, std::size_t max_events);

    void tick();

    /// Those that have a client or may be resumed.
    std::size_t size() const noexcept { return sessions_.size(); }

private:
    using Name = std::pair<std::string, std::string>;  // user and sid
    struct Session {
        std::uint32_t clients = 0;
        base::Steady opened{};
        base::TimerId timer = 0;
        std::string state;
        // of the last client that went
        std::string client;
        std::uint16_t code = 0;
        std::string reason;
        base::Steady left{};
    };

    static Name name_of(const Clients& clients, const Client& client);
    SessionEvent about(SessionEvent::Kind kind, Client& client) const;
    void come_online(const Client& client);
    void go_offline(const Client& client);
    void close(const Name& name, const Session& session);

    const Options& options_;
    const base::Clock& clock_;
    Clients& clients_;
    Teller& teller_;
    std::map<Name, Session> sessions_;
    base::TimerWheel<Name> timers_;
    Farewells leaving_users_;
};

}  // namespace fairlead::core
