// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include <fairlead/lease.h>

#include "src/endpoint_state.h"
#include "src/inbox.h"
#include "src/link.h"
#include "src/request_state.h"
#include "src/shared.h"
#include "src/strands.h"
#include "src/worker_pool.h"
#include "wire/frame.h"

namespace fairlead::detail {

/// The keys that this instance owns. Each has a strand: its handler of on_acquired, then requests beside each
/// other, then its handler of on_lost, then the broker is told that the key is free. The broker decides who
/// owns what, so it bounds what is here. Threads: the I/O thread's.
class Leases {
public:
    /// What `endpoints` names outlives this.
    Leases(std::shared_ptr<Shared> shared, Link& link, WorkerPool& pool, const Endpoints& endpoints)
        : shared_(std::move(shared)), link_(link), pool_(pool), endpoints_(endpoints) {}

    void on_lease(const wire::Lease& frame);
    /// A handler of on_acquired or on_lost has returned.
    void on_told(const LeaseTold& told);

    /// The lease under which requests of this key may run; null = there is none.
    std::shared_ptr<const Lease> find(const StrandKey& key) const;

    /// A request that has a lease: take_ready() gives it back when its key is acquired.
    void enter(std::shared_ptr<RequestState> request);
    /// It has ended.
    void leave(const RequestState& request);
    /// Takes it out; false if it does not wait here.
    bool remove(const std::shared_ptr<RequestState>& request);
    /// Requests that may run, in their order.
    std::vector<std::shared_ptr<RequestState>> take_ready() { return std::exchange(ready_, {}); }

    /// The program gives a key up.
    void give_up(const GiveUp& wish);
    /// Tells the broker what we believe we own; it answers what is so.
    void on_welcome();
    /// Gives all up, and what is still told to be ours.
    void drain();

    /// Hands what is to be told to the handler threads.
    void submit() { pool_.submit(tasks_); }

    bool idle() const noexcept { return owned_.empty(); }
    std::size_t waiting() const noexcept { return strands_.waiting(); }

private:
    struct Owned {
        std::shared_ptr<const Lease> lease;  ///< that requests get
        std::uint64_t fence = 0;             ///< the newest that the broker has told
        bool ending = false;                 ///< takes no more requests; at the end the broker is told
        std::size_t to_lose = 0;             ///< leases of the key that are still to be told as lost
    };
    /// What stands in a strand: one of the two.
    struct Entry {
        std::shared_ptr<RequestState> request;
        std::shared_ptr<Task> task;
        bool operator==(const Entry& other) const { return request == other.request && task == other.task; }
    };
    using Table = std::map<StrandKey, Owned>;  // ordered: chosen keys cannot make it slow

    struct Start {
        Leases& leases;
        void operator()(Entry&& entry) const {
            if (entry.task) {
                leases.tasks_.push_back(std::move(entry.task));
            } else {
                leases.ready_.push_back(std::move(entry.request));
            }
        }
    };

    void acquire(StrandKey key, std::uint64_t fence);
    void confirm(Table::iterator found, std::uint64_t fence);
    void end(Table::iterator found);
    void tell(Table::iterator owned, std::shared_ptr<const Lease> lease, bool lost);
    void release(const StrandKey& key, std::uint64_t fence);

    const std::shared_ptr<Shared> shared_;
    Link& link_;
    WorkerPool& pool_;
    const Endpoints& endpoints_;
    Table owned_;
    Strands<Entry> strands_;
    std::vector<std::shared_ptr<RequestState>> ready_;
    std::vector<std::shared_ptr<Task>> tasks_;
    const Start start_{*this};
    bool draining_ = false;
};

}  // namespace fairlead::detail
