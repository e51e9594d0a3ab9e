// SPDX-License-Identifier: Apache-2.0
#include "config/permissions.h"

#include <utility>

#include "config/names.h"
#include "config/unknown.h"
#include "config/value.h"
#include "wire/text_pattern.h"
#include "wire/channel.h"

namespace fairlead::config {
namespace {

using core::PermissionOptions;
using Texts = std::vector<std::string>;

std::string refuse_text(std::string_view text) {
    if (wire::valid_text_pattern(text)) return {};
    return "is no text or beginning of one; write such as \"ada\", \"svc-*\" or \"*\"";
}

std::string refuse_channel(std::string_view pattern) {
    if (wire::is_user_channel(pattern)) return "is in the namespace `user`, which is the broker's";
    return refuse_text(pattern);
}

std::string refuse_claim(std::string_view claim) {
    const std::size_t sign = claim.find('=');
    if (sign == 0 || sign == std::string_view::npos || !wire::valid_text_pattern(claim.substr(sign + 1)))
        return "is no claim; write such as \"role=admin\" or \"tier=gold*\"";
    return {};
}

struct Place {
    std::string_view key;
    Texts PermissionOptions::*texts;  // null for the claims, which are pairs
    std::string (*refuse)(std::string_view);
};

const Place kPlaces[] = {
    {"users", &PermissionOptions::users, refuse_text},
    {"labels", &PermissionOptions::labels, refuse_text},
    {"claims", nullptr, refuse_claim},
    {"topics", &PermissionOptions::topics, refuse_pattern},
    {"subscribe", &PermissionOptions::subscribe, refuse_channel},
    {"publish", &PermissionOptions::publish, refuse_channel},
    {"presence", &PermissionOptions::presence, refuse_channel},
    {"history", &PermissionOptions::history, refuse_channel},
};

void add(PermissionOptions& options, const Place& place, const std::string& text) {
    if (place.texts != nullptr) {
        (options.*place.texts).push_back(text);
    } else {
        const std::size_t sign = text.find('=');
        options.claims.emplace_back(text.substr(0, sign), text.substr(sign + 1));
    }
}

// Reads the keys of one table into `options`.
class Reader {
public:
    Reader(PermissionOptions& options, Problems& problems) : options_(options), problems_(problems) {}

    void read(const TableEntry& table) {
        for (const Entry& entry : table.entries)
            read_entry(entry);
        if (options_.users.empty() && options_.labels.empty() && options_.claims.empty()) {
            problems_.push_back({table.where, "[[permission]] fits nobody; write users, labels or claims"});
        }
    }

private:
    void read_entry(const Entry& entry) {
        for (const Place& place : kPlaces) {
            if (place.key == entry.key) return read_list(entry, place);
        }
        refuse(entry, explain_key(kPermissionSection, entry.key));
    }

    void read_list(const Entry& entry, const Place& place) {
        const auto* texts = std::get_if<Texts>(&entry.value);
        if (texts == nullptr) return refuse(entry, "is not a list of texts; write such as [\"a\", \"b\"]");
        for (const std::string& text : *texts) {
            const std::string why = place.refuse(text);
            if (!why.empty()) return refuse(entry, in_quotes(text) + " " + why);
            add(options_, place, text);
        }
    }

    void refuse(const Entry& entry, std::string what) {
        problems_.push_back({entry.where, "permission." + entry.key + ": " + std::move(what)});
    }

    PermissionOptions& options_;
    Problems& problems_;
};

}  // namespace

const std::vector<PermissionKey>& permission_table() {
    static const std::vector<PermissionKey> keys{
        {"users", "Whom it fits, by user id: texts, or beginnings followed by `*`. Anonymous clients have none. Of users, "
                  "labels and claims, those that are written must all fit."},
        {"labels", "Whom it fits, by one of the labels in the token's claim `labels`."},
        {"claims", "Whom it fits, by claims of the token: `name=text`. All of them must fit; of a list one item."},
        {"topics", "Topics and patterns that these clients may call, besides those of client.topics."},
        {"subscribe", "Channels, or beginnings of their names followed by `*`, that these clients may subscribe to where "
                      "the namespace has the decider `permission`."},
        {"publish", "Channels that these clients may publish to, in the same way."},
        {"presence", "Channels whose presence these clients may see, in the same way."},
        {"history", "Channels whose history these clients may read, in the same way."}};
    return keys;
}

std::vector<std::string> permission_keys() {
    std::vector<std::string> keys;
    for (const PermissionKey& row : permission_table())
        keys.emplace_back(row.key);
    return keys;
}

std::vector<PermissionOptions> read_permissions(const std::vector<TableEntry>& tables, Problems& problems) {
    std::vector<PermissionOptions> list;
    for (const TableEntry& table : tables) {
        if (table.section != kPermissionSection) continue;
        Reader(list.emplace_back(), problems).read(table);
    }
    return list;
}

std::string permission_text(const PermissionOptions& options) {
    std::string out = "\n[[permission]]\n";
    for (const Place& place : kPlaces) {
        Texts texts;
        if (place.texts != nullptr) texts = options.*place.texts;
        for (const auto& claim : options.claims) {
            if (place.texts == nullptr) texts.push_back(claim.first + "=" + claim.second);
        }
        if (!texts.empty()) out += std::string(place.key) + " = " + toml_list(texts) + "\n";
    }
    return out;
}

}  // namespace fairlead::config
