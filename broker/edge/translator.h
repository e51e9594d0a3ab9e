// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/ports.h"
#include "edge/json/to_msgpack.h"

namespace fairlead::edge {

/// Core's translator: the edge knows how clients write.
/// Threads: core's.
class Translator final : public core::Translator {
public:
    explicit Translator(std::size_t max_depth) : max_depth_(max_depth), to_msgpack_(max_depth) {}

    bool to_msgpack(std::string_view json, std::string& out) override;
    bool to_json(std::string_view msgpack, std::string& out) override;

private:
    const std::size_t max_depth_;
    json::ToMsgpack to_msgpack_;
};

}  // namespace fairlead::edge
