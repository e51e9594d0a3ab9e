// SPDX-License-Identifier: Apache-2.0
#include "edge/channels.h"

#include "edge/session.h"

namespace fairlead::edge {

void Channels::subscribe(Session& session, std::string_view name, bool server_side, bool join_leave) {
    auto found = channels_.find(name);
    if (found == channels_.end()) {
        auto made = std::make_unique<Channel>();
        made->name = name;
        made->id = ++last_id_;
        found = channels_.emplace(made->name, std::move(made)).first;
    }
    Channel& channel = *found->second;
    auto& subscriptions = session.subscriptions();
    subscriptions.push_back({&channel, static_cast<std::uint32_t>(channel.subscribers.size()), server_side});
    channel.subscribers.push_back({&session, static_cast<std::uint32_t>(subscriptions.size() - 1), join_leave});
}

std::uint64_t Channels::unsubscribe(Session& session, std::string_view name) {
    auto& subscriptions = session.subscriptions();
    for (std::size_t i = 0; i < subscriptions.size(); ++i) {
        if (subscriptions[i].channel->name != name) continue;
        std::uint64_t id = subscriptions[i].channel->id;
        leave(session, i);
        return id;
    }
    return 0;
}

void Channels::unsubscribe_all(Session& session) {
    while (!session.subscriptions().empty()) leave(session, session.subscriptions().size() - 1);
    session.subscriptions().shrink_to_fit();
}

const Channel* Channels::find(std::string_view name) const {
    auto found = channels_.find(name);
    return found == channels_.end() ? nullptr : found->second.get();
}

// The last entry of each list takes the place of the one that goes, and its other half learns the new index.
void Channels::leave(Session& session, std::size_t index) {
    auto& subscriptions = session.subscriptions();
    Channel& channel = *subscriptions[index].channel;
    std::uint32_t place = subscriptions[index].place;

    Channel::Subscriber& moved = channel.subscribers[place] = channel.subscribers.back();
    moved.session->subscriptions()[moved.place].place = place;
    channel.subscribers.pop_back();

    Subscription& other = subscriptions[index] = subscriptions.back();
    subscriptions.pop_back();
    if (index < subscriptions.size()) {
        other.channel->subscribers[other.place].place = static_cast<std::uint32_t>(index);
    }
    if (channel.subscribers.empty()) channels_.erase(channels_.find(channel.name));
}

}  // namespace fairlead::edge
