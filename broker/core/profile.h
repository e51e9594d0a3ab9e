// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

namespace fairlead::core {

/// What is known of a client beside its user, in one block of memory, since most clients have little of it.
/// Threads: one.
class Profile {
public:
    Profile() = default;
    Profile(std::string_view address, std::string_view session, std::string_view conn_info,
            std::string_view meta);

    std::string_view address() const noexcept { return part(0); }
    std::string_view session() const noexcept { return part(1); }
    std::string_view conn_info() const noexcept { return part(2); }  ///< JSON text
    std::string_view meta() const noexcept { return part(3); }       ///< MessagePack

private:
    std::string_view part(std::size_t index) const noexcept;

    std::unique_ptr<char[]> bytes_;
    std::array<std::uint32_t, 4> ends_{};
};

}  // namespace fairlead::core
