// SPDX-License-Identifier: Apache-2.0
#include "wire/session_event.h"

#include "wire/fields.h"
#include "wire/limits.h"
#include "wire/pack.h"
#include "wire/token_cursor.h"
#include "wire/tokens.h"

namespace fairlead::wire {

bool is_session_interest(std::string_view pattern) noexcept {
    return pattern == kSessionInterest || pattern == kUserInterest || pattern == kChannelInterest;
}

void begin_told(std::size_t events, std::string& out) {
    char head[pack::kMaxHead];
    out.append(head, pack::array(head, events));
}

struct ToldReader::Impl {
    TokenList tokens{TokenLimits{kHardPayloadBytes, kMaxHeaderDepth, kMaxValueItems}};

    bool read(std::string_view payload, std::vector<SessionEvent>& events) {
        events.clear();
        if (!tokens.parse(payload)) return false;
        TokenCursor cursor(tokens.tokens());
        std::size_t left = 0;
        if (!cursor.take_array(left)) return false;
        for (; left > 0; --left) {
            std::size_t fields = 0;
            if (!cursor.take_array(fields) || !cursor.take_fields(events.emplace_back(), fields))
                return false;
        }
        return true;
    }
};

ToldReader::ToldReader() : impl_(std::make_unique<Impl>()) {}
ToldReader::~ToldReader() = default;

bool ToldReader::read(std::string_view payload, std::vector<SessionEvent>& events) {
    return impl_->read(payload, events);
}

}  // namespace fairlead::wire
