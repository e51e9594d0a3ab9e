// SPDX-License-Identifier: Apache-2.0
#include "core/subscriptions.h"

#include <algorithm>
#include <utility>

#include "wire/channel.h"

namespace fairlead::core {

using wire::Code;
using wire::failure;

void Subscriptions::subscribe(Client& client, Subscribe&& command) {
    wire::Failure denied = may_subscribe(client, command.channel);
    if (denied.code != 0) return edges_.fail(client.key, command.id, std::move(denied));
    add(client, command.channel);
    ++client.own_channels;
    // No channel keeps history yet, so what is asked to be recovered cannot be.
    edges_.post(client.key.edge,
                Subscribed{client.key, command.id, std::move(command.channel), command.recover});
}

wire::Failure Subscriptions::may_subscribe(const Client& client, std::string_view channel) const {
    wire::Failure denied = permissions_.client_subscribes(clients_.user_of(client), channel);
    if (denied.code != 0) return denied;
    if (subscribed(client, channel)) return failure(Code::already_subscribed);
    if (client.own_channels >= max_) return failure(Code::limit_exceeded, "subscription limit reached");
    return {};
}

void Subscriptions::unsubscribe(Client& client, Unsubscribe&& command) {
    const Row row = channels_.find(command.channel);
    const auto found = std::find(client.channels.begin(), client.channels.end(), row);
    if (row != kNoRow && found != client.channels.end()) {
        *found = client.channels.back();
        client.channels.pop_back();
        channels_.remove(row, client.key.edge);
        if (!wire::is_user_channel(command.channel)) --client.own_channels;
    }
    edges_.post(client.key.edge, Unsubscribed{client.key, command.id, std::move(command.channel)});
}

void Subscriptions::query(const Client& client, Query&& command) {
    const Code code = subscribed(client, command.channel) ? Code::not_available : Code::denied;
    edges_.fail(client.key, command.id, failure(code));
}

void Subscriptions::add(Client& client, std::string_view channel) {
    client.channels.push_back(channels_.add(channel, client.key.edge));
}

void Subscriptions::drop_all(Client& client) {
    for (Row row : client.channels)
        channels_.remove(row, client.key.edge);
    client.channels.clear();
    client.own_channels = 0;
}

bool Subscriptions::subscribed(const Client& client, std::string_view channel) const {
    const Row row = channels_.find(channel);
    return row != kNoRow &&
           std::find(client.channels.begin(), client.channels.end(), row) != client.channels.end();
}

}  // namespace fairlead::core
