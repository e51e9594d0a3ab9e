// SPDX-License-Identifier: Apache-2.0
#include "auth/claim_rules.h"

#include <algorithm>
#include <utility>

#include "auth/numeric_date.h"

namespace fairlead::auth {
namespace {

using core::Claims;
using core::TokenFault;
using core::TokenResult;

/// `info` and `meta` are the application's, but it has no use for a deeper one.
constexpr std::size_t kMaxDepth = 32;

TokenResult invalid(std::string why) {
    return {std::nullopt, TokenFault::invalid, std::move(why)};
}
TokenResult expired(std::string why) {
    return {std::nullopt, TokenFault::expired, std::move(why)};
}

/// Absent is fine, and so is what has the right kind.
bool kind_is(const JsonMember* claim, JsonKind kind) {
    return claim == nullptr || claim->kind == kind;
}

std::string text_of(const JsonMember* claim) {
    return claim == nullptr ? std::string() : claim->text;
}

std::string json_of(const JsonMember* claim) {
    return claim == nullptr || claim->kind == JsonKind::null ? std::string() : claim->json;
}

/// Whether the time claim is absent or read into `time`.
bool read_time(const JsonMember* claim, std::optional<base::Wall>& time) {
    if (claim == nullptr) return true;
    if (claim->kind != JsonKind::number) return false;
    time = parse_numeric_date(claim->json);
    return time.has_value();
}

}  // namespace

TokenResult ClaimRules::check(std::string_view json, base::Wall now) const {
    const auto object = JsonObject::parse(json, kMaxDepth);
    if (!object) return invalid("its claims are not a JSON object");
    if (object->find("channel") != nullptr) return invalid("it is a subscription token");
    if (!kind_is(object->find("sub"), JsonKind::string)) return invalid("'sub' is not a string");
    if (!kind_is(object->find("sid"), JsonKind::string)) return invalid("'sid' is not a string");
    if (!kind_is(object->find("meta"), JsonKind::object)) return invalid("'meta' is not an object");
    if (!right_issuer(*object)) return invalid("'iss' is another issuer's");
    if (!right_audience(*object)) return invalid("'aud' is another audience's");
    Claims claims;
    claims.user = text_of(object->find("sub"));
    claims.session = text_of(object->find("sid"));
    claims.info = json_of(object->find("info"));
    claims.meta = json_of(object->find("meta"));
    return check_times(*object, now, std::move(claims));
}

TokenResult ClaimRules::check_times(const JsonObject& object, base::Wall now, Claims&& claims) const {
    std::optional<base::Wall> not_before;
    if (!read_time(object.find("nbf"), not_before)) return invalid("'nbf' is not a time");
    if (!read_time(object.find("exp"), claims.expires)) return invalid("'exp' is not a time");
    if (!claims.expires && require_exp_) return invalid("it has no 'exp'");
    if (claims.expires && now - leeway_ >= *claims.expires) return expired("its time is over");
    if (not_before && now + leeway_ < *not_before) return expired("its time has not come yet");
    return {std::move(claims), {}, {}};
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
    return std::find(audience->strings.begin(), audience->strings.end(), audience_) !=
           audience->strings.end();
}

}  // namespace fairlead::auth
