// SPDX-License-Identifier: Apache-2.0
#include "backplane/call_table.h"

#include <utility>

namespace fairlead::backplane {

Pending& CallTable::insert(core::Request&& request) {
    if ((size_ + 1) * 2 > places_.size()) grow();
    if (free_.empty()) {
        records_.push_back(std::make_unique<Pending>());
        free_.push_back(records_.back().get());
        if (free_.capacity() < records_.size())
            free_.reserve(records_.capacity());  // so that erase cannot fail
    }
    Pending& pending = *free_.back();
    free_.pop_back();
    pending.request = std::move(request);
    place(pending);
    ++size_;
    return pending;
}

Pending* CallTable::find(core::CallId call) const noexcept {
    for (std::size_t i = home(call); places_[i] != nullptr; i = (i + 1) & mask()) {
        if (places_[i]->request.call == call) return places_[i];
    }
    return nullptr;
}

void CallTable::erase(Pending& pending) noexcept {
    std::size_t hole = home(pending.request.call);
    while (places_[hole] != &pending)
        hole = (hole + 1) & mask();
    // Moves later ones of the run back, so that no search ends at the hole too early.
    for (std::size_t i = (hole + 1) & mask(); places_[i] != nullptr; i = (i + 1) & mask()) {
        std::size_t from_home = (i - home(places_[i]->request.call)) & mask();
        if (from_home < ((i - hole) & mask())) continue;
        places_[hole] = places_[i];
        hole = i;
    }
    places_[hole] = nullptr;
    // Not by assignment: a string would keep its memory.
    std::destroy_at(&pending);
    std::construct_at(&pending);
    free_.push_back(&pending);
    --size_;
}

void CallTable::place(Pending& pending) noexcept {
    std::size_t i = home(pending.request.call);
    while (places_[i] != nullptr)
        i = (i + 1) & mask();
    places_[i] = &pending;
}

void CallTable::grow() {
    std::vector<Pending*> old(places_.size() * 2, nullptr);
    old.swap(places_);
    for (Pending* pending : old) {
        if (pending != nullptr) place(*pending);
    }
}

}  // namespace fairlead::backplane
