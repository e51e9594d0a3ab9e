// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace fairlead::edge {

enum class IoState : std::uint8_t { ok, would_block, ended };

struct IoResult {
    IoState state = IoState::ok;
    std::size_t bytes = 0;
};

}  // namespace fairlead::edge
