// SPDX-License-Identifier: Apache-2.0
#include "config/services.h"

#include <algorithm>
#include <map>

#include "base/curve_key.h"
#include "config/names.h"
#include "config/unknown.h"
#include "config/value.h"
#include "wire/inquiry.h"
#include "wire/session_event.h"
#include "wire/topic.h"

namespace fairlead::config {
namespace {

using backplane::ServiceRights;
using Texts = std::vector<std::string>;
using Refuse = std::string (*)(std::string_view);

std::string refuse_name(std::string_view text) {
    if (wire::valid_topic(text) && !wire::is_reserved(text)) return {};
    return in_quotes(text) + " is no name of a service; write such as \"orders\"";
}

std::string refuse_key(std::string_view text) {
    if (base::valid_public_key(text)) return {};
    return in_quotes(text) + " is no public key; write the 40 characters that fairlead keygen prints";
}

std::string refuse_rights_pattern(std::string_view text) {
    if (wire::valid_pattern(text)) return {};
    return in_quotes(text) + " is no topic or pattern; write such as \"orders.create\" or \"orders.>\"";
}

// What begins with _ is the broker's own, and a wildcard in front does not cover it.
std::string refuse_call(std::string_view text) {
    if (auto why = refuse_rights_pattern(text); !why.empty()) return why;
    if (text.front() != '_' || text == "_broker.>" || wire::inquiry_of(text)) return {};
    return in_quotes(text) + " is nothing that the broker answers; write such as \"_broker.clients\" or \"_broker.>\"";
}

std::string refuse_interest(std::string_view text) {
    if (auto why = refuse_rights_pattern(text); !why.empty()) return why;
    if (text.front() != '_' || wire::is_session_interest(text)) return {};
    return in_quotes(text) + " is nothing that the broker tells; there are \"_session\", \"_user\" and \"_channel\"";
}

std::string refuse_group(std::string_view text) {
    if (wire::valid_topic(text)) return {};
    return in_quotes(text) + " is no name of a group; write such as \"orders\"";
}

std::string refuse_channels(std::string_view text) {
    const auto star = text.find('*');
    if (!text.empty() && (star == std::string_view::npos || star + 1 == text.size())) return {};
    return in_quotes(text) + " is no channel; write one in full, or its beginning and *, such as \"shop:*\"";
}

// Reads the keys of one table into `rights`.
class Reader {
public:
    Reader(ServiceRights& rights, Problems& problems) : rights_(rights), problems_(problems) {}

    void read(const TableEntry& table) {
        for (const Entry& entry : table.entries)
            read_entry(entry);
        require(table, "name", "name = \"orders\"");
        require(table, "public_key", "the public_key that fairlead keygen prints");
    }

private:
    void require(const TableEntry& table, std::string_view key, const std::string& write) {
        const bool there = std::any_of(table.entries.begin(), table.entries.end(),
                                       [&](const Entry& entry) { return entry.key == key; });
        if (there) return;
        problems_.push_back({table.where, "[[service]] has no " + std::string(key) + "; write " + write});
    }

    void read_entry(const Entry& entry) {
        if (entry.key == "name") return read_name(entry);
        if (entry.key == "public_key") return read_keys(entry);
        if (entry.key == "topics") return read_list(entry, rights_.topics, refuse_rights_pattern);
        if (entry.key == "listens") return read_list(entry, rights_.listens, refuse_interest);
        if (entry.key == "groups") return read_list(entry, rights_.groups, refuse_group);
        if (entry.key == "calls") return read_list(entry, rights_.calls, refuse_call);
        if (entry.key == "emits") return read_list(entry, rights_.emits, refuse_rights_pattern);
        if (entry.key == "channels") return read_list(entry, rights_.channels, refuse_channels);
        if (entry.key == "push") return read_flag(entry, rights_.push);
        if (entry.key == "control") return read_flag(entry, rights_.control);
        refuse(entry, explain_key(kServiceSection, entry.key));
    }

    void read_name(const Entry& entry) {
        const auto* name = std::get_if<std::string>(&entry.value);
        if (name == nullptr) return refuse(entry, "is not text in quotes; write such as \"orders\"");
        if (auto why = refuse_name(*name); !why.empty()) return refuse(entry, std::move(why));
        rights_.name = *name;
    }

    void read_keys(const Entry& entry) {
        if (const auto* key = std::get_if<std::string>(&entry.value)) {
            if (auto why = refuse_key(*key); !why.empty()) return refuse(entry, std::move(why));
            rights_.public_keys = {*key};
            return;
        }
        read_list(entry, rights_.public_keys, refuse_key);
        if (rights_.public_keys.empty() && std::holds_alternative<Texts>(entry.value) &&
            std::get<Texts>(entry.value).empty()) {
            refuse(entry, "holds no key; write the 40 characters that fairlead keygen prints");
        }
    }

    void read_list(const Entry& entry, Texts& into, Refuse refuse_item) {
        const auto* items = std::get_if<Texts>(&entry.value);
        if (items == nullptr) return refuse(entry, "is not a list of texts; write such as [\"a\", \"b\"]");
        for (const std::string& item : *items) {
            if (auto why = refuse_item(item); !why.empty()) return refuse(entry, std::move(why));
        }
        into = *items;
    }

    void read_flag(const Entry& entry, bool& into) {
        const auto* flag = std::get_if<bool>(&entry.value);
        if (flag == nullptr) return refuse(entry, "is not true or false; write true or false");
        into = *flag;
    }

    void refuse(const Entry& entry, std::string what) {
        problems_.push_back({entry.where, "service." + entry.key + ": " + std::move(what)});
    }

    ServiceRights& rights_;
    Problems& problems_;
};

// What must be one table's alone.
class Taken {
public:
    explicit Taken(Problems& problems) : problems_(problems) {}

    bool take(const std::string& what, const std::string& where) {
        const auto [first, added] = places_.emplace(what, where);
        if (!added)
            problems_.push_back({where, what + " is already at " + first->second + "; leave one out"});
        return added;
    }

private:
    Problems& problems_;
    std::map<std::string, std::string> places_;
};

}  // namespace

const std::vector<ServiceKey>& service_table() {
    static const std::vector<ServiceKey> keys{
        {"name", "required", "The service. Its greeting must say this name."},
        {"public_key", "required",
         "Its public key, 40 characters as `fairlead keygen` prints them, or a list of them while keys "
         "change."},
        {"topics", "[]",
         "Topics and patterns that it may handle. Hooks are topics that begin with `_`: name them, `>` does "
         "not "
         "cover them."},
        {"listens", "[]",
         "Topics and patterns of events that it may listen to. Session events are `_session`, `_user` and "
         "`_channel`: name them, `>` does not cover them."},
        {"groups", "[]", "Groups that it may listen in, besides the one of its own name."},
        {"calls", "[]",
         "Topics and patterns that it may ask. Questions to the broker (a user's clients, presence, history, kept state) are "
         "`_broker.>`: name it, `>` does not cover it."},
        {"emits", "[]", "Topics and patterns of events that it may emit."},
        {"channels", "[]",
         "Channels that it may publish to: in full, or the beginning and `*`. `user:*` is every user's own "
         "channel."},
        {"push", "false", "Whether it may send messages to single clients and to all of a user."},
        {"control", "false", "Whether it may disconnect, subscribe and unsubscribe clients, keep state with sessions, and revoke "
         "tokens."}};
    return keys;
}

std::vector<std::string> service_keys() {
    std::vector<std::string> keys;
    for (const ServiceKey& row : service_table())
        keys.emplace_back(row.key);
    return keys;
}

std::vector<ServiceRights> read_services(const std::vector<TableEntry>& tables, Problems& problems) {
    std::vector<ServiceRights> list;
    Taken taken(problems);
    for (const TableEntry& table : tables) {
        if (table.section != kServiceSection) continue;
        ServiceRights rights;
        const std::size_t before = problems.size();
        Reader(rights, problems).read(table);
        if (problems.size() != before) continue;
        bool alone = taken.take("the service " + in_quotes(rights.name), table.where);
        for (const std::string& key : rights.public_keys)
            alone = taken.take("the key " + in_quotes(key), table.where) && alone;
        if (alone) list.push_back(std::move(rights));
    }
    return list;
}

std::string dump_service(const ServiceRights& rights) {
    std::string out = "\n[[service]]\nname = " + toml_string(rights.name);
    const auto add = [&](const char* key, const std::string& value) {
        out += "\n" + std::string(key) + " = " + value;
    };
    add("public_key", toml_list(rights.public_keys));
    add("topics", toml_list(rights.topics));
    add("listens", toml_list(rights.listens));
    add("groups", toml_list(rights.groups));
    add("calls", toml_list(rights.calls));
    add("emits", toml_list(rights.emits));
    add("channels", toml_list(rights.channels));
    add("push", rights.push ? "true" : "false");
    add("control", rights.control ? "true" : "false");
    return out + "\n";
}

}  // namespace fairlead::config
