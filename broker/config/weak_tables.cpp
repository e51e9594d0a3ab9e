// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "config/names.h"
#include "config/weak.h"

namespace fairlead::config {
namespace {

using core::Decider;
using Deciders = std::vector<Decider>;
using Texts = std::vector<std::string>;

// A hook in the last place has the last word, whoever granted before.
bool grants(const Deciders& deciders, Decider decider) {
    const bool filtered = !deciders.empty() && deciders.back() == Decider::hook;
    return !filtered && std::find(deciders.begin(), deciders.end(), decider) != deciders.end();
}

bool has_everything(const Texts& patterns) {
    return std::any_of(patterns.begin(), patterns.end(), names_everything);
}

void add_namespace(WeakList& list, const core::NamespaceOptions& space) {
    const std::string name = "namespace " + in_quotes(space.name);
    list.add(grants(space.publish, Decider::anyone), name, "every client may publish; write [\"user\"]");
    if (space.name != "*") return;
    constexpr std::string_view kName = "to every namespace without a table; name those that are public";
    list.add(grants(space.subscribe, Decider::anyone), name,
             "every client may subscribe " + std::string(kName));
    list.add(grants(space.publish, Decider::user), name,
             "every user may publish to every namespace without a table; name those that are for users");
    list.add(grants(space.presence, Decider::anyone) || grants(space.history, Decider::anyone), name,
             "every client may see presence or history of every namespace without a table; name those that "
             "are public");
}

// Who is not told apart by anything is everybody.
bool fits_everybody(const core::PermissionOptions& options) {
    const bool all_users = std::find(options.users.begin(), options.users.end(), "*") != options.users.end();
    return all_users && options.labels.empty() && options.claims.empty();
}

void add_permission(WeakList& list, const core::PermissionOptions& options, std::size_t number) {
    if (!fits_everybody(options)) return;
    const std::string name = "permission " + std::to_string(number);
    const auto add = [&](const Texts& patterns, const std::string& key) {
        list.add(
            has_everything(patterns), name,
            key + " names everything, for every user; name what is for all, or the users that are meant");
    };
    add(options.topics, "topics");
    add(options.subscribe, "subscribe");
    add(options.publish, "publish");
    add(options.presence, "presence");
    add(options.history, "history");
}

void add_service(WeakList& list, const backplane::ServiceRights& rights) {
    const std::string name = "service " + in_quotes(rights.name);
    const auto add = [&](const Texts& patterns, const std::string& key, const std::string& what) {
        list.add(has_everything(patterns), name,
                 key + " names everything, so whoever has its key " + what + "; name what the service needs");
    };
    add(rights.topics, "topics", "may answer in the place of every other service");
    add(rights.listens, "listens", "hears every event");
    add(rights.calls, "calls", "may call every service");
    add(rights.emits, "emits", "may emit the events of every other service");
    add(rights.channels, "channels", "may publish to every channel and user");
}

}  // namespace

void add_weak_tables(WeakList& list, const Config& config) {
    for (const auto& space : config.core.namespaces)
        add_namespace(list, space);
    for (std::size_t i = 0; i < config.core.permissions.size(); ++i)
        add_permission(list, config.core.permissions[i], i + 1);
    for (const auto& rights : config.backplane.services)
        add_service(list, rights);
}

}  // namespace fairlead::config
