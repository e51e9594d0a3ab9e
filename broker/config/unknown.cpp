// SPDX-License-Identifier: Apache-2.0
#include "config/unknown.h"

#include <algorithm>
#include <array>

#include "config/namespaces.h"
#include "config/nearest.h"
#include "config/permissions.h"
#include "config/problem.h"
#include "config/services.h"
#include "config/table.h"
#include "config/token_keys.h"

namespace fairlead::config {
namespace {

constexpr std::string_view kNotYet = "is not available in this version; leave it out";

constexpr std::array<std::string_view, 2> kComingSections{"admin", "trace"};

// "section.key" of what the next versions bring.
constexpr std::array<std::string_view, 2> kComingKeys{"websocket.tls",
                                                      "namespace.payload"};

template <class Words>
bool contains(const Words& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

// "[a] or [b]": the sections besides `section` that have this key.
std::string others_with(std::string_view key, std::string_view section = {}) {
    std::vector<std::string> names;
    for (const Row& row : table()) {
        if (row.key == key && row.section != section) names.push_back("[" + std::string(row.section) + "]");
    }
    return one_of(names);
}

std::string in_brackets(const std::string& section) {
    return is_list_of_tables(section) ? "[[" + section + "]]" : "[" + section + "]";
}

}  // namespace

bool is_list_of_tables(std::string_view section) {
    return section == kNamespaceSection || section == kPermissionSection || section == kServiceSection ||
           section == kTokenKeySection;
}

std::vector<std::string> sections() {
    std::vector<std::string> names;
    for (const Row& row : table()) {
        if (!contains(names, row.section)) names.emplace_back(row.section);
    }
    names.emplace_back(kTokenKeySection);
    names.emplace_back(kNamespaceSection);
    names.emplace_back(kPermissionSection);
    names.emplace_back(kServiceSection);
    return names;
}

std::vector<std::string> keys_of(std::string_view section) {
    if (section == kNamespaceSection) return namespace_keys();
    if (section == kTokenKeySection) return token_key_keys();
    if (section == kPermissionSection) return permission_keys();
    if (section == kServiceSection) return service_keys();
    std::vector<std::string> keys;
    for (const Row& row : table()) {
        if (row.section == section) keys.emplace_back(row.key);
    }
    return keys;
}

std::string explain_section(std::string_view section) {
    if (contains(kComingSections, section)) return "the section " + std::string(kNotYet);
    return "unknown section; did you mean " + in_brackets(nearest(section, sections())) + "?";
}

std::string explain_key(std::string_view section, std::string_view key) {
    if (contains(kComingKeys, std::string(section) + "." + std::string(key))) return std::string(kNotYet);
    const auto others = others_with(key, section);
    if (!others.empty()) return "unknown key; it belongs to " + others;
    return "unknown key; did you mean " + nearest(key, keys_of(section)) + "?";
}

std::string explain_outside(std::string_view key) {
    if (is_list_of_tables(key)) return "is a list of tables; write " + in_brackets(std::string(key));
    if (contains(kComingSections, key)) return std::string(kNotYet);
    if (contains(sections(), key)) return "is a section; write [" + std::string(key) + "] above its keys";
    if (const auto owners = others_with(key); !owners.empty()) {
        return "stands outside of every section; it belongs to " + owners;
    }
    std::vector<std::string> keys;
    for (const Row& row : table())
        keys.emplace_back(row.key);
    const auto close = nearest(key, keys);
    return "unknown key outside of every section; did you mean " + close + " of " + others_with(close) + "?";
}

}  // namespace fairlead::config
