// SPDX-License-Identifier: Apache-2.0
#include "core/admission.h"

#include <algorithm>
#include <utility>

#include "wire/channel.h"

namespace fairlead::core {

void Admission::connect(Connect&& command) {
    if (make_place(command.client) && may_come_in(command)) come_in(std::move(command));
}

bool Admission::make_place(const ClientKey& key) {
    if (!clients_.valid(key)) {
        log_.error("a client with an impossible key is dropped", {{"edge", key.edge}, {"slot", key.slot}});
        return false;
    }
    Client* before = clients_.occupant(key);
    if (before == nullptr) return true;
    if (before->key == key) {
        log_.error("a second connect of one client is dropped", {{"edge", key.edge}, {"slot", key.slot}});
        return false;
    }
    forget(*before);
    return true;
}

bool Admission::may_come_in(const Connect& command) {
    if (!command.claims) {
        if (!options_.anonymous) edges_.close(command.client, wire::Close::permission_denied, "a token is required");
        return options_.anonymous;
    }
    const std::string fault = fault_of(*command.claims);
    if (!fault.empty()) edges_.close(command.client, wire::Close::invalid_token, "invalid token: " + fault);
    return fault.empty();
}

std::string Admission::fault_of(const Claims& claims) const {
    if (!claims.user.empty() && !wire::valid_user(claims.user))
        return "the user id is longer than 250 bytes or has a character that ids cannot have";
    for (const std::string& channel : claims.channels) {
        const wire::Failure denied = permissions_.token_subscribes(channel);
        if (denied.code != 0) return "one of its channels is none that clients can have: " + denied.message;
    }
    return {};
}

void Admission::come_in(Connect&& command) {
    const Claims claims = command.claims ? std::move(*command.claims) : Claims{};
    Client& client = clients_.add(command.client, claims.user);
    client.has_token = command.claims.has_value();
    client.badge = permissions_.badge_of(claims);
    client.profile = Profile(command.address, claims.session, claims.info, command.meta);
    auto connected = std::make_unique<Connected>();
    connected->client = client.key;
    connected->id = command.id;
    connected->client_id = clients_.id_of(client);
    connected->ttl = expiry_.arm(client, clients_.row_of(client), claims.expires);
    if (!claims.user.empty()) {
        connected->channels.push_back(wire::user_channel(claims.user));
        subscriptions_.add(client, connected->channels.back());
    }
    for (const std::string& channel : claims.channels) {
        if (std::find(connected->channels.begin(), connected->channels.end(), channel) != connected->channels.end())
            continue;
        connected->channels.push_back(channel);
        subscriptions_.add_granted(client, channel);
    }
    edges_.post(client.key.edge, std::move(connected));
}

void Admission::refresh(Client& client, Refresh&& command) {
    if (!client.has_token) {
        return edges_.fail(client.key, command.id, wire::failure(wire::Code::not_available));
    }
    const Claims& claims = *command.claims;
    if (claims.user != clients_.user_of(client)) {
        return close(client, wire::Close::invalid_token, "invalid token: it is another user's");
    }
    const Profile& old = client.profile;
    clients_.set_profile(client, Profile(old.address(), old.session(), claims.info, command.meta));
    const auto ttl = expiry_.arm(client, clients_.row_of(client), claims.expires);
    edges_.post(client.key.edge, Refreshed{client.key, command.id, ttl});
    client.badge = permissions_.badge_of(claims);
    subscriptions_.recheck(client);
}

void Admission::close(Client& client, std::uint16_t code, std::string reason) {
    edges_.close(client.key, code, std::move(reason));
    forget(client);
}

void Admission::close(Client& client, wire::Close code, std::string reason) {
    close(client, static_cast<std::uint16_t>(code), std::move(reason));
}

void Admission::forget(Client& client) {
    requests_.abandon_all(client);
    subscriptions_.drop_all(client);
    expiry_.disarm(client);
    clients_.remove(client);
}

void Admission::tick() {
    expiry_.tick([this](Row row) { close(clients_[row], wire::Close::expired); });
}

void Admission::recheck() {
    clients_.for_each([this](Client& client) {
        if (!client.has_token && !options_.anonymous)
            return close(client, wire::Close::permission_denied, "a token is required");
        client.badge = permissions_.renewed(clients_.user_of(client), std::move(client.badge));
        subscriptions_.recheck(client);
    });
}

}  // namespace fairlead::core
