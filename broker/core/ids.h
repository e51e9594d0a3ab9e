// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/hash.h"
#include "core/ports.h"

namespace fairlead::core {

/// The random part of a client id.
using ClientNumber = std::array<std::byte, 16>;

/// The names that a broker gives: its boot id, its tag, client ids `<tag>-<32 hex>`, and where its call ids
/// begin.
///
/// Threads: one.
class Ids {
public:
    explicit Ids(Random& random);

    const std::string& boot() const noexcept { return boot_; }  ///< 32 hex digits, new at each start
    const std::string& tag() const noexcept { return tag_; }    ///< the first eight of them

    /// The boot's 16 bits over a counter of 48 bits: an id of another boot is not one of ours.
    CallId first_call() const noexcept { return first_call_; }
    const Hash& hash() const noexcept { return hash_; }

    ClientNumber make_client();
    std::string client_id(const ClientNumber& number) const;
    /// Nothing unless it is spelt exactly as client_id does it.
    std::optional<ClientNumber> parse_client(std::string_view id) const;

private:
    Random& random_;
    std::string boot_;
    std::string tag_;
    CallId first_call_ = 0;
    Hash hash_{0, 0};
};

}  // namespace fairlead::core
