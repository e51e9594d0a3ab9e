// SPDX-License-Identifier: Apache-2.0
#include "core/profile.h"

#include <cstring>

namespace fairlead::core {

Profile::Profile(std::string_view address, std::string_view session, std::string_view conn_info,
                 std::string_view meta) {
    const std::array<std::string_view, 4> parts{address, session, conn_info, meta};
    std::uint32_t end = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        end += static_cast<std::uint32_t>(parts[i].size());
        ends_[i] = end;
    }
    if (end == 0) return;
    bytes_ = std::make_unique<char[]>(end);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (!parts[i].empty())
            std::memcpy(bytes_.get() + ends_[i] - parts[i].size(), parts[i].data(), parts[i].size());
    }
}

std::string_view Profile::part(std::size_t index) const noexcept {
    const std::uint32_t begin = index == 0 ? 0 : ends_[index - 1];
    return {bytes_.get() + begin, ends_[index] - begin};
}

}  // namespace fairlead::core
