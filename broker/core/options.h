// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace fairlead::core {

/// Who grants an operation in a namespace; the first grant wins.
enum class Decider : std::uint8_t {
    nobody,
    anyone,
    user,        ///< every client with a user id
    token,       ///< a subscription token for this user and channel; grants subscribing only
    permission,  ///< a `[[permission]]` that fits the client and the channel
};

/// The rules of the channels of one namespace.
struct NamespaceOptions {
    std::string name;  ///< "" = channels without a colon; "*" = any namespace that has no entry of its own
    std::vector<Decider> subscribe;
    std::vector<Decider> publish;
};

/// What some clients may do. A client fits when each kind that is not empty has an entry that fits; all empty fits
/// nobody. Texts here are literal, or a beginning followed by one `*`.
struct PermissionOptions {
    std::vector<std::string> users;
    std::vector<std::string> labels;                          ///< of the token's `labels`
    std::vector<std::pair<std::string, std::string>> claims;  ///< name and text: every one must fit

    std::vector<std::string> topics;     ///< topics and patterns that these clients may call
    std::vector<std::string> subscribe;  ///< channels, where the namespace has the decider `permission`
    std::vector<std::string> publish;
};

/// The rules of clients, channels and requests. Defaults are the strict ones: nothing is allowed.
struct Options {
    bool anonymous = false;                ///< clients without a token are let in
    std::vector<std::string> topics;       ///< topics and patterns that clients may call
    std::string send_topic;                ///< event topic of the `send` command; empty = 3508
    std::vector<NamespaceOptions> namespaces;
    std::vector<PermissionOptions> permissions;
    std::size_t max_subscriptions = 128;   ///< of one client
    std::chrono::milliseconds request_deadline{4000};
    std::chrono::seconds expiry_grace{25};
};

}  // namespace fairlead::core
