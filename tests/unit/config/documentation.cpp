// SPDX-License-Identifier: Apache-2.0
#include "unit/config/documentation.h"

#include "config/namespaces.h"
#include "config/permissions.h"
#include "config/services.h"
#include "config/table.h"
#include "config/token_keys.h"
#include "config/value.h"

namespace fairlead::config::test {
namespace {

std::string in_code(const std::string& text) {
    return "`" + text + "`";
}

// A | ends a cell.
std::string cell(std::string_view text) {
    std::string out;
    for (char c : text)
        out += c == '|' ? std::string("\\|") : std::string(1, c);
    return out;
}

constexpr const char* kHead = "| key | default | range | reloads | what it is |\n|---|---|---|---|---|\n";

std::string line_of(const Row& row) {
    return "| " + in_code(std::string(row.key)) + " | " + in_code(format_value(row, standard_of(row))) +
           " | " + range_of(row) + " | " + (row.reloads ? "yes" : "no") + " | " + cell(row.what) + " |\n";
}

std::string namespaces() {
    std::string out = std::string("\n## [[namespace]]\n\n") + kHead;
    for (const NamespaceKey& key : namespace_table()) {
        const std::string standard(key.standard);
        out += "| " + in_code(std::string(key.key)) + " | " +
               (standard == "required" ? standard : in_code(standard)) + " | | yes | " + cell(key.what) +
               " |\n";
    }
    return out;
}

std::string token_keys() {
    std::string out = std::string("\n## [[token_key]]\n\n") + kHead;
    for (const TokenKeyKey& key : token_key_table()) {
        const std::string standard(key.standard);
        out += "| " + in_code(std::string(key.key)) + " | " +
               (standard.front() == '"' ? in_code(standard) : standard) + " | | yes | " + cell(key.what) + " |\n";
    }
    return out;
}

std::string permissions() {
    std::string out = "\n## [[permission]]\n\n| key | reloads | what it is |\n|---|---|---|\n";
    for (const PermissionKey& key : permission_table())
        out += "| " + in_code(std::string(key.key)) + " | yes | " + cell(key.what) + " |\n";
    return out;
}

std::string services() {
    std::string out = std::string("\n## [[service]]\n\n") + kHead;
    for (const ServiceKey& key : service_table()) {
        const std::string standard(key.standard);
        out += "| " + in_code(std::string(key.key)) + " | " +
               (standard == "required" ? standard : in_code(standard)) + " | | yes | " + cell(key.what) + " |\n";
    }
    return out;
}

}  // namespace

std::string options_as_markdown() {
    std::string out;
    std::string_view section;
    for (const Row& row : table()) {
        if (row.section != section) {
            section = row.section;
            out += "\n## [" + std::string(section) + "]\n\n" + kHead;
        }
        out += line_of(row);
    }
    return out + token_keys() + namespaces() + permissions() + services() + "\n";
}

}  // namespace fairlead::config::test
