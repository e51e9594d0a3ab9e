// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <unordered_map>

#include "base/timer_wheel.h"
#include "core/chain.h"
#include "core/clients.h"
#include "core/request.h"

namespace fairlead::core {

/// A request that waits for its outcome, and who asked.
struct OpenCall {
    CallId id = 0;             ///< ours, towards Services
    Row client = kNoRow;       ///< who asked; none = a service
    LinkId link = 0;           ///< which one
    std::uint64_t number = 0;  ///< what the asker calls it: the command's id, or the service's number
    base::Steady started{};
    base::TimerId deadline = 0;
    Links same_asker;
};

/// The requests without outcome: by our id, by asker, by a service's number; each in O(1). Warm, nothing is
/// allocated.
///
/// Threads: one.
class Calls {
public:
    Calls(CallId first, const Hash& hash, Clients& clients) : next_(first), hash_(hash), clients_(clients) {}

    Row add_of(const Client& client, std::uint32_t id, base::Steady now);
    Row add_of(LinkId link, CallId number, base::Steady now);
    void remove(Row row);

    Row find(CallId id) const;
    Row find(LinkId link, CallId number) const;
    Row first_of(const Client& client) const { return client.first_call; }
    Row first_of(LinkId link) const;
    /// The link is gone for good, and so are its calls.
    void forget(LinkId link) { links_.erase(link); }

    OpenCall& operator[](Row row) { return calls_[row]; }
    std::size_t size() const noexcept { return calls_.size(); }

private:
    Row add(OpenCall&& call);
    Row& first(const OpenCall& call);
    std::uint64_t hash(LinkId link, CallId number) const noexcept;

    CallId next_;
    Hash hash_;
    Clients& clients_;
    Slab<OpenCall> calls_;
    Index by_id_;
    Index by_number_;                        // those of services
    std::unordered_map<LinkId, Row> links_;  // each one's first call
};

}  // namespace fairlead::core
