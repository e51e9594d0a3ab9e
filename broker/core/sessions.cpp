// SPDX-License-Identifier: Apache-2.0
#include "core/sessions.h"

#include <chrono>

namespace fairlead::core {
namespace {

using Kind = SessionEvent::Kind;
using wire::Code;
using wire::failure;

constexpr std::size_t kMaxStateBytes = 4 * 1024;
constexpr std::size_t kRowsOfPage = 4096;  // looked at for one page

std::chrono::milliseconds between(base::Steady from, base::Steady to) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(to - from);
}

/// With these codes client SDKs stay away, so nothing is waited for.
bool is_final(std::uint16_t code) {
    return (code >= 3500 && code < 4000) || (code >= 4500 && code < 5000);
}

}  // namespace

Sessions::Sessions(const Options& options, const Ports& ports, Clients& clients, Teller& teller)
    : options_(options),
      clock_(ports.clock),
      clients_(clients),
      teller_(teller),
      timers_(ports.clock.now(), std::chrono::milliseconds(50)),
      leaving_users_(ports.clock.now()) {}

Sessions::Name Sessions::name_of(const Clients& clients, const Client& client) {
    return {clients.user_of(client), std::string(client.profile.session())};
}

SessionEvent Sessions::about(Kind kind, Client& client) const {
    SessionEvent event;
    event.kind = kind;
    event.user = clients_.user_of(client);
    event.session = client.profile.session();
    event.client = clients_.id_of(client);
    event.address = client.profile.address();
    event.meta = client.profile.meta();
    return event;
}

void Sessions::opened(Client& client) {
    client.came = clock_.now();
    Kind kind = Kind::opened;
    std::string state;
    if (!client.profile.session().empty()) {
        const auto [at, added] = sessions_.try_emplace(name_of(clients_, client));
        Session& session = at->second;
        if (added) session.opened = client.came;
        timers_.cancel(session.timer);
        session.timer = 0;
        ++session.clients;
        state = session.state;
        if (!added) kind = Kind::resumed;
    }
    if (teller_.listens(Subjects::sessions)) {
        SessionEvent event = about(kind, client);
        event.state = std::move(state);
        teller_.tell(std::move(event));
    }
    if (!clients_.user_of(client).empty()) come_online(client);
}

void Sessions::gone(Client& client, std::uint16_t code, std::string_view reason) {
    if (!clients_.user_of(client).empty()) go_offline(client);
    const base::Steady now = clock_.now();
    if (client.profile.session().empty()) {
        if (!teller_.listens(Subjects::sessions)) return;
        SessionEvent event = about(Kind::closed, client);
        event.address.clear();
        event.meta.clear();
        event.code = code;
        event.reason = reason;
        event.duration = between(client.came, now);
        return teller_.tell(std::move(event));
    }
    const auto at = sessions_.find(name_of(clients_, client));
    if (at == sessions_.end()) return;
    Session& session = at->second;
    if (--session.clients > 0) return;
    session.client = clients_.id_of(client);
    session.code = code;
    session.reason = reason;
    session.left = now;
    if (is_final(code) || options_.session_grace.count() == 0) {
        close(at->first, session);
        sessions_.erase(at);
    } else {
        session.timer = timers_.add(now + options_.session_grace, at->first);
    }
}

void Sessions::close(const Name& name, const Session& session) {
    if (!teller_.listens(Subjects::sessions)) return;
    SessionEvent event;
    event.kind = Kind::closed;
    event.user = name.first;
    event.session = name.second;
    event.client = session.client;
    event.code = session.code;
    event.reason = session.reason;
    event.duration = between(session.opened, session.left);
    teller_.tell(std::move(event));
}

void Sessions::come_online(const Client& client) {
    const std::string& user = clients_.user_of(client);
    if (clients_.count_of(user) > 1) return;
    if (leaving_users_.back(user, clock_.now()) || !teller_.listens(Subjects::users)) return;
    SessionEvent event;
    event.kind = Kind::online;
    event.user = user;
    teller_.tell(std::move(event));
}

void Sessions::go_offline(const Client& client) {
    const std::string& user = clients_.user_of(client);
    if (clients_.count_of(user) == 1 && teller_.listens(Subjects::users))
        leaving_users_.begin(user, clock_.now() + options_.user_grace);
}

wire::Failure Sessions::keep(const Client& client, std::string_view state) {
    if (state.size() > kMaxStateBytes) return failure(Code::bad_request, "a session keeps at most 4 KiB");
    const auto at = sessions_.find(name_of(clients_, client));
    if (client.profile.session().empty() || at == sessions_.end())
        return failure(Code::not_available, "the client has no session: its token names no sid");
    at->second.state = state;
    return {};
}

std::string_view Sessions::state_of(const Client& client) const {
    if (client.profile.session().empty()) return {};
    const auto at = sessions_.find(name_of(clients_, client));
    return at == sessions_.end() ? std::string_view() : std::string_view(at->second.state);
}

SnapshotPage Sessions::sessions(std::uint64_t from, std::size_t max_events) {
    SnapshotPage page;
    page.next = clients_.for_some(static_cast<Row>(from), kRowsOfPage, [&](Client& client) {
        SessionEvent event = about(Kind::opened, client);
        event.state = state_of(client);
        page.events.push_back(teller_.stamped(std::move(event)));
        return page.events.size() < max_events;
    });
    return page;
}

SnapshotPage Sessions::users(std::uint64_t from, std::size_t max_events) {
    SnapshotPage page;
    page.next = clients_.for_some_users(static_cast<Row>(from), kRowsOfPage, [&](const std::string& user) {
        SessionEvent event;
        event.kind = Kind::online;
        event.user = user;
        page.events.push_back(teller_.stamped(std::move(event)));
        return page.events.size() < max_events;
    });
    leaving_users_.snapshot_taken(clock_.now(), page.next != 0);
    return page;
}

void Sessions::tick() {
    timers_.advance(clock_.now(), [this](const Name& name) {
        const auto at = sessions_.find(name);
        close(name, at->second);
        sessions_.erase(at);
    });
    leaving_users_.tick(clock_.now(), [this](const std::string& user) {
        SessionEvent event;
        event.kind = Kind::offline;
        event.user = user;
        if (teller_.listens(Subjects::users)) teller_.tell(std::move(event));
    });
}

}  // namespace fairlead::core
