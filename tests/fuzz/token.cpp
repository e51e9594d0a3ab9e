// SPDX-License-Identifier: Apache-2.0
// The input is taken as a token, and then as the header and the claims (divided at the first NUL) of a
// genuinely signed one, so that what lies behind the signature is reached as well.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "auth/token_verifier_jwt.h"
#include "support/jwt.h"
#include "wire/channel.h"

namespace {

using namespace fairlead;

const std::string kSecret(32, 'k');
const base::Wall kNow{std::chrono::seconds(1'700'000'000)};

void require(bool truth) {
    if (!truth) std::abort();
}

auth::TokenVerifierJwt make_verifier() {
    auth::Options options;
    options.hs256_secret = kSecret;
    options.max_token_bytes = 8192;
    return auth::TokenVerifierJwt(options);
}

/// What is accepted may stand in one line of JSON; what is not has a reason that quotes nothing.
core::TokenResult check(std::string_view token) {
    static const auth::TokenVerifierJwt verifier = make_verifier();
    core::TokenResult result = verifier.verify(token, kNow);
    require(result.claims.has_value() == result.why.empty());
    require(result.why.size() < 100);
    const core::SubscriptionTokenResult subscription = verifier.verify_subscription(token, kNow);
    require(subscription.claims.has_value() == subscription.why.empty());
    require(subscription.why.size() < 100);
    require(!(result.claims && subscription.claims));  // no token is of both kinds
    if (subscription.claims) {
        require(wire::valid_channel(subscription.claims->channel));
        require(!wire::is_user_channel(subscription.claims->channel));
        require(subscription.claims->info.find('\n') == std::string::npos);
    }
    if (result.claims) {
        for (const std::string& channel : result.claims->channels) require(wire::valid_channel(channel));
        require(result.claims->channels.size() <= 128 && result.claims->labels.size() <= 64);
        require(result.claims->info.find('\n') == std::string::npos);
        require(result.claims->meta.find('\n') == std::string::npos);
        require(result.claims->meta.empty() || result.claims->meta.front() == '{');
    }
    return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string input(data, data + size);
    check(input);
    const std::size_t nul = input.find('\0');
    if (nul == input.npos) {
        check(test::sign_hs256(input, kSecret));
    } else {
        check(test::sign(input.substr(0, nul), input.substr(nul + 1), kSecret));
        // Without its signature nothing of it is accepted.
        require(!check(test::sign(input.substr(0, nul), input.substr(nul + 1), std::string(32, 'x'))).claims);
    }
    return 0;
}
