// SPDX-License-Identifier: Apache-2.0
#include "edge/admission.h"

#include <chrono>

namespace fairlead::edge {
namespace {

constexpr std::size_t kManyPeers = 16 * 1024;  // above it, addresses without a connection are forgotten

}  // namespace

Admission::Admission(const Options& options, std::size_t max_clients) : options_(options), max_clients_(max_clients) {}

std::string_view Admission::admit(const PeerGroup& peer, base::Steady now) {
    std::lock_guard lock(mutex_);
    if (clients_ >= max_clients_) return "max_clients reached";
    if (before_connect_ >= options_.max_before_connect) return "max_before_connect reached";
    if (limited(peer)) {
        if (peers_.size() >= kManyPeers) forget_idle(now);
        Peer& known = peers_.try_emplace(peer, Peer{TokenBucket(options_.accepts_per_ip, now)}).first->second;
        known.last = now;
        if (known.open >= options_.max_clients_per_ip) return "max_clients_per_ip reached";
        if (!known.accepts.take(options_.accepts_per_ip, now)) return "accepts_per_ip exceeded";
        ++known.open;
    }
    ++clients_;
    ++before_connect_;
    return {};
}

void Admission::connected() {
    std::lock_guard lock(mutex_);
    --before_connect_;
}

void Admission::released(const PeerGroup& peer, bool was_connected) {
    std::lock_guard lock(mutex_);
    --clients_;
    if (!was_connected) --before_connect_;
    auto known = peers_.find(peer);
    if (known != peers_.end() && known->second.open > 0) --known->second.open;
}

std::size_t Admission::clients() const {
    std::lock_guard lock(mutex_);
    return clients_;
}

std::size_t Admission::known_addresses() const {
    std::lock_guard lock(mutex_);
    return peers_.size();
}

// An address whose bucket must be full again has nothing to remember.
void Admission::forget_idle(base::Steady now) {
    auto refill = std::chrono::duration<double>(options_.accepts_per_ip.burst / options_.accepts_per_ip.per_second);
    std::erase_if(peers_, [&](const auto& entry) { return entry.second.open == 0 && now - entry.second.last > refill; });
}

}  // namespace fairlead::edge
