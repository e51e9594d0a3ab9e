// SPDX-License-Identifier: Apache-2.0
#include "core/presence.h"

#include <set>
#include <span>

namespace fairlead::core {
namespace {

constexpr std::chrono::milliseconds kTick{50};

}  // namespace

Presence::Presence(const Options& options, const Ports& ports, Edges& edges, Clients& clients,
                   Channels& channels)
    : options_(options),
      clock_(ports.clock),
      edges_(edges),
      clients_(clients),
      channels_(channels),
      timers_(ports.clock.now(), kTick) {}

void Presence::add(const Client& client, Row channel) {
    Members& members = members_[channel];
    members.users.emplace(clients_.row_of(client), client.user);
    ++members.clients_of[client.user];
}

std::uint32_t Presence::announce(Row channel, const NamespaceOptions& rules, const ClientInfoPtr& info) {
    const auto held = leaves_.find({channels_.name(channel), info->client});
    if (held != leaves_.end()) {
        timers_.cancel(held->second.timer);
        leaves_.erase(held);
        return 0;
    }
    return is_told(channel, rules) ? post(channel, info, false, rules.slow_reader) : 0;
}

void Presence::remove(const Client& client, Row channel, const NamespaceOptions& rules,
                      const ClientInfoPtr& info) {
    const auto found = members_.find(channel);
    if (found == members_.end()) return;
    Members& members = found->second;
    const auto member = members.users.find(clients_.row_of(client));
    if (member == members.users.end()) return;
    const bool told = info && is_told(channel, rules);
    const auto user = members.clients_of.find(member->second);
    if (--user->second == 0) members.clients_of.erase(user);
    members.users.erase(member);
    if (members.users.empty()) {
        members_.erase(found);
    } else if (told && options_.leave_delay.count() == 0) {
        post(channel, info, true, rules.slow_reader);
    } else if (told) {
        hold({channels_.name(channel), info->client}, info, rules.slow_reader);
    }
}

void Presence::hold(LeaveKey&& key, const ClientInfoPtr& info, SlowReader policy) {
    Leave& leave = leaves_[key];
    timers_.cancel(leave.timer);
    leave = {info, policy, timers_.add(clock_.now() + options_.leave_delay, std::move(key))};
}

void Presence::clear() {
    while (!leaves_.empty())
        tell(leaves_.begin());
    members_.clear();
}

void Presence::tell(std::map<LeaveKey, Leave>::iterator held) {
    const Leave leave = std::move(held->second);
    timers_.cancel(leave.timer);
    const Row channel = channels_.find(held->first.first);
    leaves_.erase(held);
    if (channel != kNoRow) post(channel, leave.info, true, leave.slow_reader);
}

bool Presence::is_told(Row channel, const NamespaceOptions& rules) const {
    const auto found = members_.find(channel);
    return rules.join_leave && found != members_.end() &&
           found->second.users.size() <= options_.max_join_leave;
}

std::uint32_t Presence::post(Row channel, const ClientInfoPtr& info, bool left, SlowReader policy) {
    const auto told = std::make_shared<const Announcement>(Announcement{channels_.name(channel), info, left, policy});
    const std::span<const std::uint32_t> subscribers = channels_.subscribers(channel);
    std::uint32_t receivers = 0;
    for (std::size_t edge = 0; edge < subscribers.size(); ++edge) {
        if (subscribers[edge] == 0) continue;
        receivers += subscribers[edge];
        edges_.post(static_cast<EdgeIndex>(edge), Announce(told));
    }
    return receivers;
}

Presence::Stats Presence::stats(Row channel) const {
    const auto found = members_.find(channel);
    if (found == members_.end()) return {};
    const Members& members = found->second;
    std::set<std::string_view> gone_users;
    const std::vector<ClientInfoPtr> held = leaving(channel);
    for (const ClientInfoPtr& info : held) {
        const Row user = clients_.find_user(info->user);
        const bool here = user != kNoRow || info->user.empty();
        if (!here || members.clients_of.count(user) == 0) gone_users.insert(info->user);
    }
    return {static_cast<std::uint32_t>(members.users.size() + held.size()),
            static_cast<std::uint32_t>(members.clients_of.size() + gone_users.size())};
}

std::vector<ClientInfoPtr> Presence::leaving(Row channel) const {
    std::vector<ClientInfoPtr> infos;
    if (channel == kNoRow || leaves_.empty()) return infos;
    const std::string& name = channels_.name(channel);
    for (auto at = leaves_.lower_bound({name, {}}); at != leaves_.end() && at->first.first == name; ++at)
        infos.push_back(at->second.info);
    return infos;
}

std::vector<Row> Presence::clients(Row channel) const {
    std::vector<Row> rows;
    const auto found = members_.find(channel);
    if (found == members_.end()) return rows;
    for (const auto& [client, user] : found->second.users)
        rows.push_back(client);
    return rows;
}

void Presence::tick() {
    timers_.advance(clock_.now(), [this](const LeaveKey& key) { tell(leaves_.find(key)); });
}

}  // namespace fairlead::core
