// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/ports.h"

namespace fairlead::app {

/// OpenSSL's generator, in batches. Throws std::runtime_error if it has no entropy.
/// Threads: one each.
class RandomOpenssl final : public core::Random {
public:
    void fill(std::span<std::byte> bytes) override;
};

}  // namespace fairlead::app
