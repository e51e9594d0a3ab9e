// SPDX-License-Identifier: Apache-2.0
#include "src/message.h"

namespace fairlead::detail {
namespace {

constexpr std::size_t kCopyBytes = 1024;  // below it a copy costs less than a second allocation

void release(void*, void* hint) {
    delete static_cast<std::string*>(hint);
}

}  // namespace

zmq::message_t to_message(std::string&& payload) {
    if (payload.size() <= kCopyBytes) return zmq::message_t(payload.data(), payload.size());
    auto* kept = new std::string(std::move(payload));
    return zmq::message_t(kept->data(), kept->size(), release, kept);
}

}  // namespace fairlead::detail
