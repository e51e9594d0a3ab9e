// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include <fairlead/caller.h>

#include "wire/frame.h"

namespace fairlead::detail {

/// The first header of that name, or empty.
inline std::string_view find_header(const Headers& headers, std::string_view name) noexcept {
    for (const auto& [key, value] : headers) {
        if (key == name) return value;
    }
    return {};
}

Headers to_headers(const wire::Pairs& pairs);
/// Views into `headers`.
wire::Pairs to_pairs(const Headers& headers);

Caller to_caller(const wire::Caller& caller);

}  // namespace fairlead::detail
