// SPDX-License-Identifier: Apache-2.0
#include "backplane/greeting_check.h"

#include <set>
#include <string>
#include <string_view>

#include "wire/hook.h"
#include "wire/limits.h"
#include "wire/route_by.h"
#include "wire/session_event.h"
#include "wire/topic.h"

namespace fairlead::backplane {
namespace {

constexpr std::size_t kMaxTextBytes = 128;
constexpr std::chrono::minutes kMaxTimeout{10};

std::string quoted(std::string_view text) {
    return "`" + std::string(text.substr(0, wire::kMaxTopicBytes)) + "`";
}

bool is_uuid(std::string_view text) {
    if (text.size() != wire::kInstanceBytes) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash != (text[i] == '-')) return false;
        if (!dash && std::string_view("0123456789abcdefABCDEF").find(text[i]) == std::string_view::npos)
            return false;
    }
    return true;
}

std::string check_endpoint(const wire::Endpoint& endpoint) {
    if (!wire::valid_pattern(endpoint.topic)) return quoted(endpoint.topic) + " is no topic or pattern";
    if (wire::is_reserved(endpoint.topic) && !wire::is_hook_pattern(endpoint.topic))
        return quoted(endpoint.topic) + " is the broker's, and no hook";
    if (endpoint.window > wire::kMaxWindow)
        return "the window of " + quoted(endpoint.topic) + " is over 1,000,000";
    if (endpoint.timeout > kMaxTimeout)
        return "the timeout of " + quoted(endpoint.topic) + " is over 10 minutes";
    if (!wire::parse_route_by(endpoint.route_by))
        return "route_by of " + quoted(endpoint.topic) + " is not known";
    if (endpoint.owner && endpoint.route_by.empty())
        return quoted(endpoint.topic) + " has owners, but no route_by that says of what";
    return {};
}

std::string check_endpoints(const wire::Greeting& greeting) {
    std::set<std::string_view> seen;
    for (const wire::Endpoint& endpoint : greeting.endpoints) {
        if (std::string why = check_endpoint(endpoint); !why.empty()) return why;
        if (!seen.insert(endpoint.topic).second) return quoted(endpoint.topic) + " is named twice";
    }
    return {};
}

std::string check_interests(const wire::Greeting& greeting) {
    for (const wire::Interest& interest : greeting.interests) {
        if (!wire::valid_pattern(interest.pattern))
            return quoted(interest.pattern) + " is no topic or pattern";
        if (wire::is_reserved(interest.pattern) && !wire::is_session_interest(interest.pattern))
            return quoted(interest.pattern) + " is the broker's, and no name of session events";
        if (!interest.group.empty() && !wire::valid_topic(interest.group)) {
            return quoted(interest.group) + " is no name of a group";
        }
    }
    return {};
}

std::string check(const wire::Greeting& greeting, const Options& options) {
    if (!wire::valid_topic(greeting.service)) return quoted(greeting.service) + " is no name of a service";
    if (!is_uuid(greeting.instance)) return "the instance is no UUID";
    if (greeting.version.size() > kMaxTextBytes) return "the version is longer than 128 bytes";
    if (greeting.sdk.size() > kMaxTextBytes) return "the name of the SDK is longer than 128 bytes";
    if (greeting.endpoints.size() > options.max_endpoints) return "too many endpoints";
    if (greeting.interests.size() > options.max_interests) return "too many interests";
    if (std::string why = check_endpoints(greeting); !why.empty()) return why;
    return check_interests(greeting);
}

}  // namespace

std::optional<wire::Failure> check_greeting(const wire::Greeting& greeting, const Options& options) {
    std::string why = check(greeting, options);
    if (why.empty()) return std::nullopt;
    return wire::failure(wire::Code::bad_request, "the greeting was refused: " + why);
}

}  // namespace fairlead::backplane
