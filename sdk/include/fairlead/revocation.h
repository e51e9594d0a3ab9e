// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <utility>

#include <fairlead/export.h>

namespace fairlead {

namespace detail {
class Core;
enum class RevocationKind { user, session, token, key };
}  // namespace detail

/// What must not let clients in any more: `service.revoke(Revocation::token(jti))`. Clients that are in with it are
/// closed for good (3500), and subscriptions by such a subscription token end.
class FAIRLEAD_EXPORT Revocation {
public:
    /// All of a user's clients; tokens with an `iat` after this moment let the user in again.
    static Revocation user(std::string id) { return {detail::RevocationKind::user, std::move(id), {}}; }
    /// The same for one session (`sid`) of a user; an empty user is the anonymous one.
    static Revocation session(std::string user, std::string id) {
        return {detail::RevocationKind::session, std::move(id), std::move(user)};
    }
    /// The token of this `jti`.
    static Revocation token(std::string id) { return {detail::RevocationKind::token, std::move(id), {}}; }
    /// All tokens that a key has verified, by the name that the broker's configuration has for it.
    static Revocation key(std::string name) { return {detail::RevocationKind::key, std::move(name), {}}; }

    /// What clients are told, at most 123 bytes.
    Revocation& reason(std::string text) {
        reason_ = std::move(text);
        return *this;
    }
    /// How long the broker keeps it out, 24 hours unless said: at least as long as such tokens are valid. It forgets
    /// when it restarts. 0 = 24 hours too: whoever is only to be closed is disconnected, not revoked.
    Revocation& remember(std::chrono::milliseconds time) {
        remember_ = time;
        return *this;
    }

private:
    friend class detail::Core;
    Revocation(detail::RevocationKind kind, std::string name, std::string user)
        : kind_(kind), name_(std::move(name)), user_(std::move(user)) {}

    detail::RevocationKind kind_;
    std::string name_;
    std::string user_;
    std::string reason_;
    std::chrono::milliseconds remember_{0};
};

}  // namespace fairlead
