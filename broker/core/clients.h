// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <string>
#include <string_view>

#include "core/client.h"
#include "core/permissions.h"
#include "core/users.h"

namespace fairlead::core {

/// The connected clients: by key (edge and slot), by client id, by user; each in O(1). A reference to a
/// client holds until it is removed.
///
/// Threads: one.
class Clients {
public:
    Clients(std::size_t edges, Ids& ids) : edges_(edges), ids_(ids), users_(ids.hash()) {}

    /// Whether a client can have this key at all.
    bool valid(const ClientKey& key) const noexcept;
    /// Whoever has the key's slot, of any generation; null if nobody.
    Client* occupant(const ClientKey& key);
    /// Null if the client is not, or no longer, connected.
    Client* find(const ClientKey& key);
    Client* find(std::string_view client_id);

    /// A new client in a valid, empty slot: it has its client id, but nobody finds it by that, nor as a
    /// user's, until it is admitted.
    Client& reserve(const ClientKey& key);
    /// Empty `user` = anonymous.
    void admit(Client& client, std::string_view user);
    Client& add(const ClientKey& key, std::string_view user) {
        Client& client = reserve(key);
        admit(client, user);
        return client;
    }
    void remove(Client& client);

    Row row_of(const Client& client) const noexcept;
    Client& operator[](Row row) { return clients_[row]; }

    const std::string& user_of(const Client& client) const;
    /// As rules look at it; holds as long as the client's badge.
    Subject subject_of(const Client& client) const { return {user_of(client), client.badge.get()}; }
    std::string id_of(const Client& client) const { return ids_.client_id(client.number); }

    /// As services and other clients are told who it is; made once.
    const CallerPtr& caller_of(Client& client);
    const std::shared_ptr<const ClientInfo>& info_of(Client& client);

    /// Replaces what a new token says; calls under way keep the old.
    void set_profile(Client& client, Profile&& profile);

    /// Calls visit(Client&), which may remove that client.
    template <typename Visit>
    void for_each(Visit&& visit) {
        for (Client& client : clients_) {
            if (client.present) visit(client);
        }
    }
    template <typename Visit>
    void for_each_of(std::string_view user, Visit&& visit) {
        const Row found = users_.find(user);
        Row row = found == kNoRow ? kNoRow : users_[found].first_client;
        while (row != kNoRow) {
            Client& client = clients_[row];
            row = client.same_user.next;
            visit(client);
        }
    }

    /// Calls visit(Client&) for the admitted clients of the next `count` rows from `from` on, as long as it gives true.
    /// Where the next call begins; 0 = that was the last row.
    template <typename Visit>
    Row for_some(Row from, std::size_t count, Visit&& visit) {
        bool more = true;
        for (; more && count > 0 && from < clients_.size(); --count, ++from) {
            if (clients_[from].admitted) more = visit(clients_[from]);
        }
        return from < clients_.size() ? from : 0;
    }
    /// The same with visit(name) for users.
    template <typename Visit>
    Row for_some_users(Row from, std::size_t count, Visit&& visit) const {
        return users_.for_some(from, count, visit);
    }

    /// kNoRow for the anonymous user, and for one without clients.
    Row find_user(std::string_view user) const { return user.empty() ? kNoRow : users_.find(user); }
    std::size_t count_of(std::string_view user) const;
    /// Of a user who has clients.
    Client& oldest_of(std::string_view user);

    std::size_t size() const noexcept { return by_id_.size(); }
    std::size_t users() const noexcept { return users_.size(); }

private:
    static std::uint64_t hash(const ClientNumber& number) noexcept;
    Row row_of(const ClientKey& key) const noexcept;

    const std::size_t edges_;
    Ids& ids_;
    Users users_;
    std::deque<Client> clients_;  // the slots of all edges, taking turns
    Index by_id_;
};

}  // namespace fairlead::core
