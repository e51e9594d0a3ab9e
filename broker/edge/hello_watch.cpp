// SPDX-License-Identifier: Apache-2.0
#include "edge/hello_watch.h"

#include <algorithm>

namespace fairlead::edge {
namespace {

constexpr std::size_t kRecordHeader = 5;
constexpr std::uint8_t kHandshake = 22;
constexpr std::uint8_t kClientHello = 1;

}  // namespace

bool HelloWatch::follow(std::string_view bytes) noexcept {
    while (!bytes.empty()) {
        if (skip_ > 0) {
            std::size_t part = std::min(skip_, bytes.size());
            skip_ -= part;
            bytes.remove_prefix(part);
            continue;
        }
        head_[filled_++] = static_cast<std::uint8_t>(bytes.front());
        bytes.remove_prefix(1);
        bool handshake = head_[0] == kHandshake;
        if (filled_ < (handshake ? head_.size() : kRecordHeader)) continue;
        if (!head_fits()) return false;
        std::size_t content = static_cast<std::size_t>(head_[3]) << 8 | head_[4];
        skip_ = content - (filled_ - kRecordHeader);
        filled_ = 0;
    }
    return true;
}

bool HelloWatch::head_fits() const noexcept {
    if (head_[0] != kHandshake) return true;
    std::size_t content = static_cast<std::size_t>(head_[3]) << 8 | head_[4];
    if (content < head_.size() - kRecordHeader) return false;
    std::size_t message = static_cast<std::size_t>(head_[6]) << 16 | static_cast<std::size_t>(head_[7]) << 8 | head_[8];
    return head_[5] != kClientHello || message <= kMaxHelloBytes;
}

}  // namespace fairlead::edge
