// SPDX-License-Identifier: Apache-2.0
#include "wire/hook.h"

#include <array>

#include "wire/fields.h"
#include "wire/limits.h"
#include "wire/token_cursor.h"
#include "wire/tokens.h"
#include "wire/topic.h"

namespace fairlead::wire {
namespace {

constexpr std::array<std::string_view, 4> kStems{"_hook.connect", "_hook.refresh", "_hook.subscribe.",
                                                 "_hook.publish."};
constexpr std::string_view kDefaultSpace = "_";
constexpr std::string_view kLongSpace = "__";  // no namespace becomes this

bool has_space(Hook hook) noexcept {
    return hook == Hook::subscribe || hook == Hook::publish;
}

std::string_view stem(Hook hook) noexcept {
    return kStems[static_cast<std::size_t>(hook)];
}

bool stands_as_it_is(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

std::string segment_of(std::string_view space) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    if (space.empty()) return std::string(kDefaultSpace);
    std::string segment;
    for (const char c : space) {
        const auto byte = static_cast<unsigned char>(c);
        if (stands_as_it_is(c)) {
            segment.push_back(c);
        } else {
            segment.append({'_', kDigits[byte >> 4], kDigits[byte & 15]});
        }
    }
    return segment;
}

}  // namespace

std::string hook_topic(Hook hook, std::string_view space) {
    std::string topic(stem(hook));
    if (!has_space(hook)) return topic;
    const std::string segment = segment_of(space);
    topic += topic.size() + segment.size() <= kMaxTopicBytes ? std::string_view(segment) : kLongSpace;
    return topic;
}

std::string hook_pattern(Hook hook, std::string_view space) {
    if (!has_space(hook)) return std::string(stem(hook));
    std::string pattern(stem(hook));
    pattern += space == "*" ? std::string(space) : segment_of(space);
    return pattern.size() <= kMaxTopicBytes ? pattern : std::string();
}

bool is_hook_pattern(std::string_view pattern) noexcept {
    const auto segments = split_pattern(pattern);
    if (!segments) return false;
    if (pattern == stem(Hook::connect) || pattern == stem(Hook::refresh)) return true;
    const bool spaced =
        pattern.starts_with(stem(Hook::subscribe)) || pattern.starts_with(stem(Hook::publish));
    return spaced && segments->count == 3 && segments->items[2] != ">";
}

struct HookReader::Impl {
    TokenList tokens{TokenLimits{kHardPayloadBytes, kMaxHeaderDepth, kMaxHeaderItems}};

    template <typename Struct>
    bool read(std::string_view payload, Struct& out) {
        out = Struct();
        if (!tokens.parse(payload)) return false;
        TokenCursor cursor(tokens.tokens());
        std::size_t items = 0;
        return cursor.take_array(items) && cursor.take_fields(out, items);
    }
};

HookReader::HookReader() : impl_(std::make_unique<Impl>()) {}
HookReader::~HookReader() = default;

bool HookReader::read(std::string_view payload, HookQuestion& question) {
    return impl_->read(payload, question);
}
bool HookReader::read(std::string_view payload, HookAnswer& answer) {
    return impl_->read(payload, answer);
}

}  // namespace fairlead::wire
