// SPDX-License-Identifier: Apache-2.0
#include "edge/translator.h"

#include "edge/json/from_msgpack.h"

namespace fairlead::edge {

bool Translator::to_msgpack(std::string_view json, std::string& out) {
    return to_msgpack_.append(json, out) == json::Verdict::ok;
}

bool Translator::to_json(std::string_view msgpack, std::string& out) {
    return json::append_json(msgpack, out, max_depth_) == json::NoJson::none;
}

}  // namespace fairlead::edge
