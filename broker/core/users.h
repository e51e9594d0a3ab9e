// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/hash.h"
#include "core/index.h"
#include "core/slab.h"

namespace fairlead::core {

/// A named user who has at least one client here.
struct User {
    std::string name;
    Row first_client = kNoRow;  ///< their clients are a chain, the newest first
    std::uint32_t clients = 0;
};

/// The users who have clients, by name. The anonymous user has no row.
/// Threads: one.
class Users {
public:
    explicit Users(const Hash& hash) : hash_(hash) {}

    Row find(std::string_view name) const;
    /// The user's row, a new one if there is none.
    Row take(std::string_view name);
    /// The user's last client has gone.
    void give(Row row);

    User& operator[](Row row) { return users_[row]; }
    const User& operator[](Row row) const { return users_[row]; }
    std::size_t size() const noexcept { return users_.size(); }

    /// As Clients::for_some, with visit(name).
    template <typename Visit>
    Row for_some(Row from, std::size_t count, Visit&& visit) const {
        bool more = true;
        for (; more && count > 0 && from < users_.rows(); --count, ++from) {
            if (!users_[from].name.empty()) more = visit(users_[from].name);
        }
        return from < users_.rows() ? from : 0;
    }

private:
    Hash hash_;
    Slab<User> users_;
    Index by_name_;
};

}  // namespace fairlead::core
