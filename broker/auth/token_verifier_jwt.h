// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "auth/key_fetcher.h"
#include "auth/options.h"
#include "auth/settings.h"
#include "base/clock.h"
#include "base/log.h"
#include "core/ports.h"

namespace fairlead::auth {

struct Genuine;

/// Tokens that are JWTs under configured keys. The signature is checked before any claim is looked at; the
/// algorithm is the key's, and a header that names another is refused. Nothing in a token says where to find
/// a key.
///
/// Threads: any.
class TokenVerifierJwt final : public core::TokenVerifier {
public:
    using Names = std::vector<std::string>;

    /// What it asks of the outside.
    struct Outside {
        const base::Clock& clock;
        base::Log& log;
        /// Keys that the URL has no more; clients that came with them should go. Called on a thread of the
        /// verifier, and not while it is being destroyed.
        std::function<void(Names)> keys_removed;
    };
    struct Reloaded {
        std::string fault;  ///< not empty: the old options stay in force
        Names removed;      ///< names of keys that are accepted no more
    };

    /// Throws std::invalid_argument for a key that is too short or of the wrong kind, material that is given
    /// to two algorithms, a URL that may not be fetched, or a limit above 8,192 bytes.
    TokenVerifierJwt(const Options& options, Outside outside);
    /// Without keys from a URL.
    explicit TokenVerifierJwt(const Options& options);

    core::TokenResult verify(std::string_view token, base::Wall now) const override;
    core::SubscriptionTokenResult verify_subscription(std::string_view token, base::Wall now) const override;

    /// Takes other options over as a whole, or none of them. Never waits for a URL.
    Reloaded reload(const Options& options);

    /// Why these options cannot be used; empty = they can. Threads: any.
    static std::string refuse(const Options& options);

private:
    struct State {
        std::shared_ptr<const Settings> settings;
        std::shared_ptr<const Keyring> fetched;
    };

    State state() const;
    std::unique_ptr<KeyFetcher> fetcher_for(const Options& options);
    void take(KeyFetcher::News&& news);
    void want_key() const;
    /// The payload of a genuine token and the key that it was signed with, or why it is not genuine.
    Genuine open(const State& held, std::string_view token) const;
    void drop_fetched(Names& removed);

    const Outside outside_;
    std::mutex reloading_;
    SecretNames names_;       // under reloading_, as all up to the next remark
    Options source_options_;  // of the URL, which those of the fetcher are
    mutable std::mutex mutex_;
    State state_;                          // under mutex_, as all below
    Keyring last_fetched_;                 // to see what is gone, even of keys that became too old
    std::unique_ptr<KeyFetcher> fetcher_;  // the last member: its thread ends before the others go
};

}  // namespace fairlead::auth
