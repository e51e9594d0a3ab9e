// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "backplane/pending_list.h"

namespace fairlead::backplane {

/// Requests without an outcome, by call id. A record stays where it is until it is erased. Allocates nothing
/// once it has held as many as it holds now. Ids are the broker's own, so nobody can choose them to collide.
/// Threads: one.
class CallTable {
public:
    CallTable() : places_(kFirstPlaces, nullptr) {}

    /// `request.call` must not be there yet.
    Pending& insert(core::Request&& request);

    Pending* find(core::CallId call) const noexcept;
    void erase(Pending& pending) noexcept;

    std::size_t size() const noexcept { return size_; }

    /// In no order. `visit` must not change the table.
    template <typename Visit>
    void for_each(Visit&& visit) const {
        for (Pending* pending : places_) {
            if (pending != nullptr) visit(*pending);
        }
    }

private:
    static constexpr std::size_t kFirstPlaces = 256;

    // Open addressing with linear probing; at most half of the places are taken, so a search ends soon.
    std::size_t mask() const noexcept { return places_.size() - 1; }
    std::size_t home(core::CallId call) const noexcept {
        return static_cast<std::size_t>((call * 0x9e3779b97f4a7c15U) >> 32) & mask();
    }
    void place(Pending& pending) noexcept;
    void grow();

    std::vector<Pending*> places_;
    std::size_t size_ = 0;
    std::vector<std::unique_ptr<Pending>> records_;
    std::vector<Pending*> free_;
};

}  // namespace fairlead::backplane
