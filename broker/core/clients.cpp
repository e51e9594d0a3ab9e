// SPDX-License-Identifier: Apache-2.0
#include "core/clients.h"

#include <cstring>

namespace fairlead::core {
namespace {

/// Far above any limit of descriptors: a key beyond it is a mistake, not a client.
constexpr std::uint32_t kMaxSlot = 1U << 22;

}  // namespace

bool Clients::valid(const ClientKey& key) const noexcept {
    return key.edge < edges_ && key.slot <= kMaxSlot;
}

Client* Clients::occupant(const ClientKey& key) {
    if (!valid(key) || row_of(key) >= clients_.size()) return nullptr;
    Client& client = clients_[row_of(key)];
    return client.present ? &client : nullptr;
}

Client* Clients::find(const ClientKey& key) {
    Client* client = occupant(key);
    return client != nullptr && client->key == key ? client : nullptr;
}

Client* Clients::find(std::string_view client_id) {
    const std::optional<ClientNumber> number = ids_.parse_client(client_id);
    if (!number) return nullptr;
    const Row row = by_id_.find(hash(*number), [&](Row r) { return clients_[r].number == *number; });
    return row == kNoRow ? nullptr : &clients_[row];
}

Client& Clients::reserve(const ClientKey& key) {
    const Row row = row_of(key);
    while (clients_.size() <= row)
        clients_.emplace_back();
    Client& client = clients_[row];
    client.present = true;
    client.key = key;
    client.number = ids_.make_client();
    return client;
}

void Clients::admit(Client& client, std::string_view user) {
    const Row row = row_of(client.key);
    client.admitted = true;
    by_id_.insert(hash(client.number), row);
    if (!user.empty()) {
        client.user = users_.take(user);
        User& own = users_[client.user];
        ++own.clients;
        chain_add(own.first_client, row, [&](Row r) -> Links& { return clients_[r].same_user; });
    }
}

void Clients::remove(Client& client) {
    const Row row = row_of(client.key);
    if (client.admitted) by_id_.erase(hash(client.number), row);
    if (client.user != kNoRow) {
        User& own = users_[client.user];
        --own.clients;
        chain_remove(own.first_client, row, [&](Row r) -> Links& { return clients_[r].same_user; });
        if (own.clients == 0) users_.give(client.user);
    }
    client = Client{};
}

std::size_t Clients::count_of(std::string_view user) const {
    const Row found = users_.find(user);
    return found == kNoRow ? 0 : users_[found].clients;
}

Client& Clients::oldest_of(std::string_view user) {
    Row row = users_[users_.find(user)].first_client;
    while (clients_[row].same_user.next != kNoRow)
        row = clients_[row].same_user.next;
    return clients_[row];
}

Row Clients::row_of(const Client& client) const noexcept {
    return row_of(client.key);
}

Row Clients::row_of(const ClientKey& key) const noexcept {
    return static_cast<Row>(key.slot * edges_ + key.edge);
}

const std::string& Clients::user_of(const Client& client) const {
    static const std::string anonymous;
    return client.user == kNoRow ? anonymous : users_[client.user].name;
}

const CallerPtr& Clients::caller_of(Client& client) {
    if (!client.caller) {
        const Profile& profile = client.profile;
        client.caller = std::make_shared<const Caller>(Caller{{},
                                                              user_of(client),
                                                              id_of(client),
                                                              std::string(profile.session()),
                                                              std::string(profile.address()),
                                                              std::string(profile.meta())});
    }
    return client.caller;
}

const std::shared_ptr<const ClientInfo>& Clients::info_of(Client& client) {
    if (!client.info) {
        client.info = std::make_shared<const ClientInfo>(
            ClientInfo{user_of(client), id_of(client), std::string(client.profile.conn_info())});
    }
    return client.info;
}

void Clients::set_profile(Client& client, Profile&& profile) {
    client.profile = std::move(profile);
    client.caller.reset();
    client.info.reset();
}

std::uint64_t Clients::hash(const ClientNumber& number) noexcept {
    // The number is ours and random: its first bytes are as good as a hash of it.
    std::uint64_t word;
    std::memcpy(&word, number.data(), sizeof(word));
    return word;
}

}  // namespace fairlead::core
