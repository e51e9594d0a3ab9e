// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "core/namespaces.h"
#include "core/options.h"
#include "wire/error.h"
#include "wire/topic_map.h"

namespace fairlead::core {

/// Who may do what: the one place that is asked, whatever door the question came through. Nothing is allowed
/// unless a rule grants it. Every answer is a failure, whose code is 0 when it is allowed.
///
/// Threads: one.
class Permissions {
public:
    /// Throws std::invalid_argument for namespaces (see there), a pattern or a send topic that is not valid
    /// or reserved.
    explicit Permissions(const Options& options);

    /// Empty `user` = anonymous.
    wire::Failure client_subscribes(std::string_view user, std::string_view channel) const;
    wire::Failure client_publishes(std::string_view user, std::string_view channel) const;
    wire::Failure client_calls(std::string_view topic) const;

    wire::Failure service_publishes(std::string_view channel) const;
    wire::Failure service_calls(std::string_view topic) const;

private:
    wire::Failure client_at(std::string_view user, std::string_view channel,
                            std::vector<Decider> NamespaceOptions::*deciders) const;

    struct Granted {};
    Namespaces namespaces_;
    wire::TopicMap<Granted> topics_;
};

}  // namespace fairlead::core
