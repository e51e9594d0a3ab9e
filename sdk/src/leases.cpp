// SPDX-License-Identifier: Apache-2.0
#include "src/leases.h"

#include <algorithm>

#include "src/lease_task.h"

namespace fairlead::detail {
namespace {

const EndpointState& endpoint_of(const StrandKey& key) {
    return *static_cast<const EndpointState*>(key.of);
}

std::shared_ptr<const Lease> make_lease(const StrandKey& key, std::uint64_t fence) {
    return std::make_shared<const Lease>(Lease{key.key, fence});
}

}  // namespace

void Leases::on_lease(const wire::Lease& frame) {
    EndpointState* const* endpoint = endpoints_.find_exact(frame.topic);
    if (endpoint == nullptr || !(*endpoint)->owner) return shared_->counters.frames_ignored.add();
    StrandKey key{*endpoint, std::string(frame.key)};
    auto found = owned_.find(key);
    if (found != owned_.end()) return frame.held ? confirm(found, frame.fence) : end(found);
    // A release that was lost with a connection is said again, and who drains takes nothing.
    if (frame.held == draining_) return release(key, frame.fence);
    if (frame.held) acquire(std::move(key), frame.fence);
}

void Leases::acquire(StrandKey key, std::uint64_t fence) {
    auto lease = make_lease(key, fence);
    tell(owned_.emplace(std::move(key), Owned{lease, fence}).first, lease, false);
}

/// The broker says of a key that we know that it is ours.
void Leases::confirm(Table::iterator found, std::uint64_t fence) {
    Owned& owned = found->second;
    if (fence < owned.fence) return shared_->counters.frames_ignored.add();
    if (fence == owned.fence) return;
    owned.fence = fence;
    if (owned.ending) return;
    // Another one may have owned it meanwhile.
    tell(found, owned.lease, true);
    owned.lease = make_lease(found->first, fence);
    tell(found, owned.lease, false);
}

void Leases::end(Table::iterator found) {
    if (std::exchange(found->second.ending, true)) return;
    tell(found, found->second.lease, true);
}

void Leases::tell(Table::iterator owned, std::shared_ptr<const Lease> lease, bool lost) {
    const StrandKey& key = owned->first;
    if (lost) ++owned->second.to_lose;
    auto task = std::make_shared<LeaseTask>(shared_, endpoint_of(key), std::move(lease), lost);
    strands_.enter(key, Entry{nullptr, std::move(task)}, true, start_);
}

void Leases::on_told(const LeaseTold& told) {
    strands_.leave(told.key, start_);
    auto found = owned_.find(told.key);
    if (!told.lost || --found->second.to_lose > 0 || !found->second.ending) return;
    release(told.key, found->second.fence);
    owned_.erase(found);
}

void Leases::release(const StrandKey& key, std::uint64_t fence) {
    link_.send(wire::Release{endpoint_of(key).topic, key.key, fence});
}

std::shared_ptr<const Lease> Leases::find(const StrandKey& key) const {
    auto found = owned_.find(key);
    return found != owned_.end() && !found->second.ending ? found->second.lease : nullptr;
}

void Leases::enter(std::shared_ptr<RequestState> request) {
    const StrandKey& key = *request->place->owned;
    strands_.enter(key, Entry{std::move(request), nullptr}, false, start_);
}

void Leases::leave(const RequestState& request) {
    strands_.leave(*request.place->owned, start_);
}

bool Leases::remove(const std::shared_ptr<RequestState>& request) {
    return strands_.remove(*request->place->owned, Entry{request, nullptr}, start_);
}

void Leases::give_up(const GiveUp& wish) {
    auto found = owned_.find(StrandKey{wish.endpoint, wish.key});
    if (found != owned_.end()) end(found);
}

// Also those that end: nobody else is to have them before they are told as lost.
void Leases::on_welcome() {
    for (const auto& [key, owned] : owned_)
        link_.send(wire::Claim{endpoint_of(key).topic, key.key, owned.fence});
}

void Leases::drain() {
    draining_ = true;
    for (auto owned = owned_.begin(); owned != owned_.end(); ++owned)
        end(owned);
}

}  // namespace fairlead::detail
