// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <zmq.hpp>

namespace fairlead::detail {

/// A payload part. A large text is handed over without a copy.
zmq::message_t to_message(std::string&& payload);

inline std::string_view to_view(const zmq::message_t& message) {
    return std::string_view(static_cast<const char*>(message.data()), message.size());
}

}  // namespace fairlead::detail
