// SPDX-License-Identifier: Apache-2.0
#include "wire/inquiry.h"

#include <array>

#include "wire/frame.h"
#include "wire/limits.h"
#include "wire/token_cursor.h"
#include "wire/tokens.h"

namespace fairlead::wire {
namespace {

constexpr std::array<std::string_view, 6> kTopics{"_broker.clients", "_broker.presence",
                                                      "_broker.presence_stats", "_broker.history",
                                                      "_broker.state", "_broker.counts"};

bool take(TokenCursor& cursor, std::string_view name, Inquiry& inquiry) {
    if (name == "channel") return cursor.take(inquiry.channel);
    if (name == "user") return cursor.take(inquiry.user);
    if (name == "client") return cursor.take(inquiry.client);
    if (name == "from") return cursor.take(inquiry.from);
    if (name == "limit") return cursor.take(inquiry.limit);
    if (name == "epoch") return cursor.take(inquiry.epoch);
    if (name == "reverse") return cursor.take(inquiry.reverse);
    if (name == "offset") {
        inquiry.has_since = true;
        return cursor.take(inquiry.offset);
    }
    cursor.skip(1);
    return true;
}

}  // namespace

std::optional<InquiryKind> inquiry_of(std::string_view topic) noexcept {
    for (std::size_t i = 0; i < kTopics.size(); ++i) {
        if (kTopics[i] == topic) return static_cast<InquiryKind>(i);
    }
    return std::nullopt;
}

std::string_view inquiry_topic(InquiryKind kind) noexcept {
    return kTopics[static_cast<std::size_t>(kind)];
}

struct InquiryReader::Impl {
    TokenList tokens{TokenLimits{kHardPayloadBytes, kMaxHeaderDepth, kMaxHeaderItems}};
};

InquiryReader::InquiryReader() : impl_(std::make_unique<Impl>()) {}
InquiryReader::~InquiryReader() = default;

bool InquiryReader::read(std::string_view payload, Inquiry& inquiry, std::string& why) {
    inquiry = Inquiry();
    if (payload.empty()) return true;
    if (!impl_->tokens.parse(payload)) return why = impl_->tokens.error(), false;
    TokenCursor cursor(impl_->tokens.tokens());
    std::size_t pairs = cursor.peek().size;
    if (cursor.peek().type != Token::Type::map) return why = "expected a map", false;
    cursor.enter();
    for (; pairs > 0; --pairs) {
        std::string_view name;
        if (!cursor.take(name)) return why = "expected a map with names of members", false;
        if (take(cursor, name, inquiry)) continue;
        why = std::string(name) + ": expected " + std::string(cursor.mismatch().expected);
        return false;
    }
    return true;
}

}  // namespace fairlead::wire
