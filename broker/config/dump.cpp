// SPDX-License-Identifier: Apache-2.0
#include "config/dump.h"

#include "config/namespaces.h"
#include "config/permissions.h"
#include "config/services.h"
#include "config/table.h"
#include "config/token_keys.h"
#include "config/value.h"
#include "wire/utf8.h"

namespace fairlead::config {
namespace {

std::string origin_of(const Config& config, const Row& row) {
    const auto origin = config.origins.find(name_of(row));
    return origin == config.origins.end() ? "default" : origin->second;
}

// A file's name may hold anything; a comment is UTF-8 and ends at its line.
std::string comment(const std::string& text) {
    std::string out = "  # ";
    if (!wire::valid_utf8(text)) return out + "a file\n";
    for (char c : text)
        out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
    return out + '\n';
}

std::string words(const std::vector<core::Decider>& deciders) {
    std::vector<std::string> list;
    for (const auto decider : deciders)
        list.emplace_back(word_of(decider));
    if (list.empty()) list.emplace_back(word_of(core::Decider::nobody));
    return toml_list(list);
}

std::string namespace_of(const core::NamespaceOptions& options) {
    return "\n[[namespace]]\nname = " + toml_string(options.name) +
           "\nsubscribe = " + words(options.subscribe) + "\npublish = " + words(options.publish) +
           "\npresence = " + words(options.presence) + "\nhistory = " + words(options.history) + "\n" +
           scalars_as_toml(options);
}

}  // namespace

std::string dump(const Config& config) {
    std::string out;
    std::string_view section;
    for (const Row& row : table()) {
        if (row.section != section) {
            section = row.section;
            out += (out.empty() ? "[" : "\n[") + std::string(section) + "]\n";
        }
        out += std::string(row.key) + " = " + format_value(row, row.get(config)) +
               comment(origin_of(config, row));
    }
    for (const TokenKey& key : config.secret_files.keys)
        out += dump_token_key(key);
    for (const auto& options : config.core.namespaces)
        out += namespace_of(options);
    for (const auto& options : config.core.permissions)
        out += permission_text(options);
    for (const auto& rights : config.backplane.services)
        out += dump_service(rights);
    return out;
}

}  // namespace fairlead::config
