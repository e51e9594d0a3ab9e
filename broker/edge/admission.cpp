// SPDX-License-Identifier: Apache-2.0
#include "edge/admission.h"

#include <algorithm>
#include <chrono>

namespace fairlead::edge {
namespace {

constexpr std::size_t kManyPeers = 16 * 1024;  // above it, addresses without a connection are forgotten

}  // namespace

Admission::Admission(const Options& options, std::size_t max_clients)
    : max_clients_(max_clients), options_(options) {}

void Admission::reload(const Options& options) {
    std::lock_guard lock(mutex_);
    options_ = options;
}

std::string_view Admission::admit(const PeerGroup& peer, base::Steady now) {
    std::lock_guard lock(mutex_);
    std::string_view refusal = admit_any();
    if (refusal.empty()) refusal = count(peer, now);
    if (!refusal.empty()) return refusal;
    ++clients_;
    ++before_connect_;
    return {};
}

std::string_view Admission::admit_unidentified() {
    std::lock_guard lock(mutex_);
    std::string_view refusal = admit_any();
    if (!refusal.empty()) return refusal;
    ++clients_;
    ++before_connect_;
    return {};
}

std::string_view Admission::identify(const PeerGroup& peer, base::Steady now) {
    std::lock_guard lock(mutex_);
    return count(peer, now);
}

void Admission::close_for_memory(bool short_of_memory) {
    std::lock_guard lock(mutex_);
    short_of_memory_ = short_of_memory;
}

std::string_view Admission::admit_any() {
    if (short_of_memory_) return "memory is short";
    if (clients_ >= max_clients_) return "max_clients reached";
    return {};
}

std::string_view Admission::count(const PeerGroup& peer, base::Steady now) {
    if (!limited(peer)) return {};
    Peer& entry = known(peer, now);
    if (entry.open >= options_.max_clients_per_ip) return "max_clients_per_ip reached";
    if (!entry.accepts.take(options_.accepts_per_ip, now)) return "accepts_per_ip exceeded";
    ++entry.open;
    return {};
}

Admission::Peer& Admission::known(const PeerGroup& peer, base::Steady now) {
    if (peers_.size() >= kManyPeers && now >= forget_at_) forget_idle(now);
    Peer fresh{TokenBucket(options_.accepts_per_ip, now), TokenBucket(options_.verifications_per_ip, now)};
    Peer& entry = peers_.try_emplace(peer, fresh).first->second;
    entry.last = now;
    return entry;
}

bool Admission::may_verify(const PeerGroup& peer, base::Steady now) {
    std::lock_guard lock(mutex_);
    if (!limited(peer)) return true;
    return known(peer, now).verifications.take(options_.verifications_per_ip, now);
}

void Admission::verification_failed(const PeerGroup& peer, base::Steady now) {
    std::lock_guard lock(mutex_);
    if (!limited(peer)) return;
    known(peer, now).verifications.take(options_.verifications_per_ip, now);
}

// At most half of all places, so that peers that do not go on cannot hold them all where there are few.
bool Admission::crowded() const {
    std::lock_guard lock(mutex_);
    return before_connect_ > std::min(options_.max_before_connect, (max_clients_ + 1) / 2);
}

void Admission::connected() {
    std::lock_guard lock(mutex_);
    --before_connect_;
}

void Admission::released(const PeerGroup& peer, bool identified, bool was_connected) {
    std::lock_guard lock(mutex_);
    --clients_;
    if (!was_connected) --before_connect_;
    if (!identified) return;
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

// An address whose buckets must be full again has nothing to remember.
void Admission::forget_idle(base::Steady now) {
    forget_at_ = now + std::chrono::seconds(1);  // it looks at all of them
    auto seconds = [](const Rate& rate) { return rate.burst / rate.per_second; };
    std::chrono::duration<double> refill(
        std::max(seconds(options_.accepts_per_ip), seconds(options_.verifications_per_ip)));
    std::erase_if(peers_, [&](const auto& entry) {
        return entry.second.open == 0 && now - entry.second.last > refill;
    });
}

}  // namespace fairlead::edge
