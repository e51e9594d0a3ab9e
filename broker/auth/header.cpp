// SPDX-License-Identifier: Apache-2.0
#include "auth/header.h"

#include <algorithm>
#include <array>

namespace fairlead::auth {
namespace {

constexpr std::size_t kMaxDepth = 4;
constexpr std::size_t kMaxKeyIdBytes = 128;

/// They would bring a key along, say where to get one, or change how the token is read.
constexpr std::array kRefused{"crit", "jku", "jwk", "x5u", "x5c", "zip", "enc", "b64"};

bool printable(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

}  // namespace

bool valid_key_id(const JsonMember& kid) {
    return kid.kind == JsonKind::string && kid.text.size() <= kMaxKeyIdBytes && printable(kid.text);
}

Header Header::parse(std::string_view json) {
    const auto object = JsonObject::parse(json, kMaxDepth);
    if (!object) return {{}, {}, "its header is not a JSON object"};
    for (const char* name : kRefused) {
        if (object->find(name) != nullptr) return {{}, {}, std::string("its header has '") + name + "'"};
    }
    const JsonMember* algorithm = object->find("alg");
    if (algorithm == nullptr || algorithm->kind != JsonKind::string)
        return {{}, {}, "its header names no algorithm"};
    const JsonMember* kid = object->find("kid");
    if (kid != nullptr && !valid_key_id(*kid)) return {{}, {}, "its header has a 'kid' that is no key id"};
    return {algorithm->text, kid == nullptr ? std::string() : kid->text, {}};
}

}  // namespace fairlead::auth
