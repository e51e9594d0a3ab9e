// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace fairlead::core {

/// Who grants an operation in a namespace; the first grant wins.
enum class Decider : std::uint8_t { nobody, anyone, user };

/// The rules of the channels of one namespace.
struct NamespaceOptions {
    std::string name;  ///< "" = channels without a colon; "*" = any namespace that has no entry of its own
    std::vector<Decider> subscribe;
    std::vector<Decider> publish;
};

/// The rules of clients, channels and requests. Defaults are the strict ones: nothing is allowed.
struct Options {
    bool anonymous = false;                ///< clients without a token are let in
    std::vector<std::string> topics;       ///< topics and patterns that clients may call
    std::string send_topic;                ///< event topic of the `send` command; empty = 3508
    std::vector<NamespaceOptions> namespaces;
    std::size_t max_subscriptions = 128;   ///< of one client
    std::chrono::milliseconds request_deadline{4000};
    std::chrono::seconds expiry_grace{25};
};

}  // namespace fairlead::core
