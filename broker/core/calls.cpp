// SPDX-License-Identifier: Apache-2.0
#include "core/calls.h"

#include <array>

namespace fairlead::core {
namespace {

constexpr CallId kCounterMask = (CallId{1} << 48) - 1;

}  // namespace

Row Calls::add_of(const Client& client, std::uint32_t id, base::Steady now) {
    OpenCall call;
    call.client = clients_.row_of(client);
    call.number = id;
    call.started = now;
    return add(std::move(call));
}

Row Calls::add_of(LinkId link, CallId number, base::Steady now) {
    OpenCall call;
    call.link = link;
    call.number = number;
    call.started = now;
    const Row row = add(std::move(call));
    by_number_.insert(hash(link, number), row);
    return row;
}

Row Calls::add(OpenCall&& call) {
    const Row row = calls_.take();
    call.id = next_;
    next_ = (next_ & ~kCounterMask) | ((next_ + 1) & kCounterMask);
    calls_[row] = std::move(call);
    // The counter needs no mixing: neighbours take places side by side.
    by_id_.insert(calls_[row].id, row);
    chain_add(first(calls_[row]), row, [&](Row r) -> Links& { return calls_[r].same_asker; });
    return row;
}

void Calls::remove(Row row) {
    const OpenCall& call = calls_[row];
    chain_remove(first(call), row, [&](Row r) -> Links& { return calls_[r].same_asker; });
    by_id_.erase(call.id, row);
    if (call.client == kNoRow) by_number_.erase(hash(call.link, call.number), row);
    calls_.give(row);
}

Row Calls::find(CallId id) const {
    return by_id_.find(id, [&](Row row) { return calls_[row].id == id; });
}

Row Calls::find(LinkId link, CallId number) const {
    return by_number_.find(hash(link, number),
                           [&](Row row) { return calls_[row].link == link && calls_[row].number == number; });
}

Row Calls::first_of(LinkId link) const {
    const auto found = links_.find(link);
    return found == links_.end() ? kNoRow : found->second;
}

Row& Calls::first(const OpenCall& call) {
    if (call.client != kNoRow) return clients_[call.client].first_call;
    return links_.try_emplace(call.link, kNoRow).first->second;
}

std::uint64_t Calls::hash(LinkId link, CallId number) const noexcept {
    const std::array<std::uint64_t, 2> key{link, number};
    return hash_(std::string_view(reinterpret_cast<const char*>(key.data()), sizeof(key)));
}

}  // namespace fairlead::core
