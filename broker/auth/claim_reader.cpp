// SPDX-License-Identifier: Apache-2.0
#include "auth/claim_reader.h"

#include <algorithm>
#include <array>
#include <utility>

#include "auth/base64url.h"
#include "auth/numeric_date.h"
#include "wire/channel.h"
#include "wire/limits.h"

namespace fairlead::auth {
namespace {

constexpr std::size_t kMaxChannels = 128;
constexpr std::size_t kMaxOthers = 256;
constexpr std::size_t kMaxInfoDepth = 31;

/// Claims that have a place of their own.
constexpr std::array<std::string_view, 17> kOwn{"sub",    "sid",  "jti",       "iss",     "aud",      "exp",
                                                "nbf",    "iat",  "expire_at", "info",    "channels", "subs",
                                                "labels", "meta", "caps",      "b64info", "client"};

bool own(std::string_view name) {
    return std::find(kOwn.begin(), kOwn.end(), name) != kOwn.end();
}

std::string quoted(std::string_view name) {
    return "'" + std::string(name) + "'";
}

/// The one JSON value that `text` is, without white space outside strings.
std::optional<std::string> compact_json(const std::string& text) {
    const auto object = JsonObject::parse("{\"v\":" + text + "}", kMaxInfoDepth + 1);
    if (!object || object->members().size() != 1) return std::nullopt;
    return object->members().front().json;
}

}  // namespace

const JsonMember* ClaimReader::find(std::string_view name, JsonKind kind, std::string_view kind_in_words) {
    const JsonMember* claim = claims_.find(name);
    if (claim == nullptr || claim->kind == kind) return claim;
    refuse(quoted(name) + " is not " + std::string(kind_in_words));
    return nullptr;
}

std::string ClaimReader::text(std::string_view name, std::size_t most) {
    const JsonMember* claim = find(name, JsonKind::string, "a string");
    if (claim == nullptr) return {};
    if (claim->text.size() <= most) return claim->text;
    refuse(quoted(name) + " has more than " + std::to_string(most) + " bytes");
    return {};
}

std::vector<std::string> ClaimReader::texts(std::string_view name, std::size_t most, std::size_t most_bytes) {
    const JsonMember* claim = find(name, JsonKind::array, "a list");
    if (claim == nullptr) return {};
    const bool only_texts = claim->strings.size() == claim->size;
    if (!only_texts) refuse(quoted(name) + " holds what is not a string");
    if (claim->size > most) refuse(quoted(name) + " holds more than " + std::to_string(most));
    const bool fit = std::all_of(claim->strings.begin(), claim->strings.end(),
                                 [&](const std::string& text) { return text.size() <= most_bytes; });
    if (!fit) refuse(quoted(name) + " holds a text of more than " + std::to_string(most_bytes) + " bytes");
    return only_texts && fit && claim->size <= most ? claim->strings : std::vector<std::string>();
}

std::optional<base::Wall> ClaimReader::time(std::string_view name) {
    const JsonMember* claim = find(name, JsonKind::number, "a time");
    if (claim == nullptr) return std::nullopt;
    const auto time = parse_numeric_date(claim->json);
    if (!time) refuse(quoted(name) + " is not a time");
    return time;
}

std::string ClaimReader::json(std::string_view name) {
    const JsonMember* claim = claims_.find(name);
    return claim == nullptr || claim->kind == JsonKind::null ? std::string() : claim->json;
}

std::string ClaimReader::object(std::string_view name) {
    const JsonMember* claim = find(name, JsonKind::object, "an object");
    return claim == nullptr ? std::string() : claim->json;
}

std::string ClaimReader::info() {
    const JsonMember* claim = find("b64info", JsonKind::string, "a string");
    if (claim == nullptr) return json("info");
    if (has("info")) {
        refuse("it has both 'info' and 'b64info'");
        return {};
    }
    const auto bytes = decode_base64(claim->text);
    auto value = bytes ? compact_json(*bytes) : std::nullopt;
    if (value) return *value == "null" ? std::string() : std::move(*value);
    refuse("'b64info' is not JSON in base64, and other bytes cannot be told to clients that speak JSON");
    return {};
}

bool ClaimReader::subscribable(std::string_view name, std::string_view channel) {
    if (!wire::valid_channel(channel)) {
        refuse(quoted(name) + " names what is no channel");
    } else if (wire::is_user_channel(channel)) {
        refuse(quoted(name) + " names a reserved channel");
    } else {
        return true;
    }
    return false;
}

std::vector<std::string> ClaimReader::channels() {
    std::vector<std::string> all = texts("channels", kMaxChannels, wire::kMaxChannelBytes);
    std::string_view from = "channels";
    for (const std::string& channel : all)
        if (!subscribable(from, channel)) return {};
    if (const JsonMember* subs = find("subs", JsonKind::object, "an object")) {
        for (const std::string& channel : subs->strings) {
            if (!subscribable("subs", channel)) return {};
            all.push_back(channel);
        }
    }
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    if (all.size() <= kMaxChannels) return all;
    refuse("it names more than " + std::to_string(kMaxChannels) + " channels");
    return {};
}

std::string ClaimReader::channel() {
    std::string channel = text("channel", wire::kMaxChannelBytes);
    return fault_.empty() && subscribable("channel", channel) ? std::move(channel) : std::string();
}

std::vector<std::pair<std::string, std::string>> ClaimReader::others() {
    std::vector<std::pair<std::string, std::string>> all;
    for (const JsonMember& claim : claims_.members()) {
        if (own(claim.name)) continue;
        if (claim.kind == JsonKind::string) all.emplace_back(claim.name, claim.text);
        if (claim.kind == JsonKind::number || claim.kind == JsonKind::boolean)
            all.emplace_back(claim.name, claim.json);
        if (claim.kind != JsonKind::array || claim.strings.size() != claim.size) continue;
        for (const std::string& text : claim.strings)
            all.emplace_back(claim.name, text);
    }
    if (all.size() <= kMaxOthers) return all;
    refuse("its claims hold more than " + std::to_string(kMaxOthers) + " texts");
    return {};
}

}  // namespace fairlead::auth
