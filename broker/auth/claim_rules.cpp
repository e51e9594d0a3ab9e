// SPDX-License-Identifier: Apache-2.0
#include "auth/claim_rules.h"

#include <algorithm>
#include <utility>

#include "wire/limits.h"

namespace fairlead::auth {
namespace {

using core::Claims;
using core::SubscriptionClaims;
using core::TokenFault;
using core::Verified;

/// `info` and `meta` are the application's, but it has no use for a deeper one.
constexpr std::size_t kMaxDepth = 32;
constexpr std::size_t kMaxIdBytes = 255;
constexpr std::size_t kMaxLabels = 64;
constexpr std::size_t kMaxLabelBytes = 128;

template <typename C>
Verified<C> invalid(std::string why) {
    return {std::nullopt, TokenFault::invalid, std::move(why)};
}
template <typename C>
Verified<C> expired(std::string why) {
    return {std::nullopt, TokenFault::expired, std::move(why)};
}

/// The times of a token.
struct Times {
    std::optional<base::Wall> not_before;
    std::optional<base::Wall> token_ends;  // `exp`
    std::optional<base::Wall> issued;      // `iat`
    std::optional<base::Wall> grant_ends;  // of what the token gives: `expire_at`, else `exp`

    static Times read(ClaimReader& reader) {
        Times times;
        times.not_before = reader.time("nbf");
        times.token_ends = times.grant_ends = reader.time("exp");
        if (reader.has("expire_at")) times.grant_ends = reader.time("expire_at");
        const bool never = reader.has("expire_at") && times.grant_ends == base::Wall();
        if (never) times.grant_ends.reset();
        times.issued = reader.time("iat");
        return times;
    }
};

}  // namespace

core::TokenResult ClaimRules::check(std::string_view json, base::Wall now) const {
    const auto object = JsonObject::parse(json, kMaxDepth);
    if (!object) return invalid<Claims>("its claims are not a JSON object");
    ClaimReader reader(*object);
    if (reader.has("channel")) return invalid<Claims>("it is a subscription token");
    Claims claims;
    claims.user = reader.text("sub", wire::kMaxUserBytes);
    claims.session = reader.text("sid", kMaxIdBytes);
    claims.token_id = reader.text("jti", kMaxIdBytes);
    claims.info = reader.info();
    claims.meta = reader.object("meta");
    claims.channels = reader.channels();
    claims.labels = reader.texts("labels", kMaxLabels, kMaxLabelBytes);
    claims.texts = reader.others();
    return finish(reader, *object, now, std::move(claims));
}

core::SubscriptionTokenResult ClaimRules::check_subscription(std::string_view json, base::Wall now) const {
    const auto object = JsonObject::parse(json, kMaxDepth);
    if (!object) return invalid<SubscriptionClaims>("its claims are not a JSON object");
    ClaimReader reader(*object);
    if (!reader.has("channel")) return invalid<SubscriptionClaims>("it is no subscription token");
    SubscriptionClaims claims;
    claims.user = reader.text("sub", wire::kMaxUserBytes);
    claims.channel = reader.channel();
    claims.client = reader.text("client", kMaxIdBytes);
    // An empty id would bind it to nobody, and is taken for a mistake rather than for "any".
    if (reader.has("client") && claims.client.empty()) reader.refuse("'client' is empty");
    claims.token_id = reader.text("jti", kMaxIdBytes);
    claims.info = reader.info();
    return finish(reader, *object, now, std::move(claims));
}

template <typename C>
Verified<C> ClaimRules::finish(ClaimReader& reader, const JsonObject& object, base::Wall now,
                               C&& claims) const {
    const Times times = Times::read(reader);
    check_source(reader, object);
    if (!times.token_ends && require_exp_) reader.refuse("it has no 'exp'");
    if (!reader.fault().empty()) return invalid<C>(reader.fault());
    const auto over = [&](const std::optional<base::Wall>& end) { return end && now - leeway_ >= *end; };
    if (over(times.token_ends) || over(times.grant_ends)) return expired<C>("its time is over");
    if (times.not_before && now + leeway_ < *times.not_before) return expired<C>("its time has not come yet");
    claims.expires = times.grant_ends;
    if constexpr (std::is_same_v<C, Claims>) claims.issued = times.issued;
    return {std::move(claims), {}, {}};
}

void ClaimRules::check_source(ClaimReader& reader, const JsonObject& object) const {
    if (!right_issuer(object)) reader.refuse("'iss' is another issuer's");
    if (!right_audience(object)) reader.refuse("'aud' is another audience's");
}

bool ClaimRules::right_issuer(const JsonObject& object) const {
    if (issuer_.empty()) return true;
    const JsonMember* issuer = object.find("iss");
    return issuer != nullptr && issuer->kind == JsonKind::string && issuer->text == issuer_;
}

bool ClaimRules::right_audience(const JsonObject& object) const {
    if (audience_.empty()) return true;
    const JsonMember* audience = object.find("aud");
    if (audience == nullptr) return false;
    if (audience->kind == JsonKind::string) return audience->text == audience_;
    return audience->kind == JsonKind::array && std::find(audience->strings.begin(), audience->strings.end(),
                                                          audience_) != audience->strings.end();
}

}  // namespace fairlead::auth
