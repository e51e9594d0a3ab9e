// SPDX-License-Identifier: Apache-2.0
#include "config/apply.h"

#include <algorithm>
#include <filesystem>

#include "config/namespaces.h"
#include "config/permissions.h"
#include "config/services.h"
#include "config/table.h"
#include "config/token_keys.h"
#include "config/unknown.h"
#include "config/value.h"

namespace fairlead::config {
namespace {

bool is_section(const std::string& name) {
    const auto names = sections();
    return std::find(names.begin(), names.end(), name) != names.end();
}

std::string absolute(const std::string& path, const std::string& folder) {
    if (path.empty()) return path;
    return std::filesystem::absolute(std::filesystem::path(folder) / path).lexically_normal().string();
}

Value absolute(const Value& value, const std::string& folder) {
    if (const auto* path = std::get_if<std::string>(&value)) return absolute(*path, folder);
    auto paths = std::get<std::vector<std::string>>(value);
    for (auto& path : paths)
        path = absolute(path, folder);
    return paths;
}

}  // namespace

void Application::apply(const Source& source) {
    problems_.insert(problems_.end(), source.problems.begin(), source.problems.end());
    for (const Entry& entry : source.entries)
        apply_entry(entry, source.folder);
    apply_tables(source);
}

void Application::apply_entry(const Entry& entry, const std::string& folder) {
    const std::string name = entry.section + "." + entry.key;
    if (entry.section.empty()) return refuse(entry.where, entry.key, explain_outside(entry.key));
    if (!is_section(entry.section))
        return refuse_section(entry.where, entry.section, explain_section(entry.section));
    if (is_list_of_tables(entry.section)) {
        return refuse_section(entry.where, entry.section,
                              "is a list of tables; write [[" + entry.section + "]] in a file");
    }
    if (entry.is_head) return;
    const Row* row = find_row(entry.section, entry.key);
    if (row == nullptr) return refuse(entry.where, name, explain_key(entry.section, entry.key));
    const auto value = read_value(*row, entry.value);
    if (!value.value) return refuse(entry.where, name, value.why);
    row->set(config_, row->is_path ? absolute(*value.value, folder) : *value.value);
    config_.origins[name] = entry.where;
}

void Application::apply_tables(const Source& source) {
    for (const TableEntry& table : source.tables) {
        if (is_list_of_tables(table.section)) continue;
        if (is_section(table.section)) {
            refuse(table.where, table.section, "is no list of tables; write [" + table.section + "]");
        } else {
            refuse_section(table.where, table.section, explain_section(table.section));
        }
    }
    std::size_t before = problems_.size();
    auto namespaces = read_namespaces(source.tables, problems_);
    if (problems_.size() != before) failed_.insert(std::string(kNamespaceSection));
    if (!namespaces.empty()) config_.core.namespaces = std::move(namespaces);
    before = problems_.size();
    auto keys = read_token_keys(source, problems_);
    if (problems_.size() != before) failed_.insert(std::string(kTokenKeySection));
    if (!keys.empty()) config_.secret_files.keys = std::move(keys);
    before = problems_.size();
    auto permissions = read_permissions(source.tables, problems_);
    if (problems_.size() != before) failed_.insert(std::string(kPermissionSection));
    if (!permissions.empty()) config_.core.permissions = std::move(permissions);
    before = problems_.size();
    auto services = read_services(source.tables, problems_);
    if (problems_.size() != before) failed_.insert(std::string(kServiceSection));
    if (!services.empty()) config_.backplane.services = std::move(services);
}

void Application::refuse(const std::string& where, const std::string& name, std::string what) {
    failed_.insert(name);
    problems_.push_back({where, name + ": " + std::move(what)});
}

// Once, however many keys it has.
void Application::refuse_section(const std::string& where, const std::string& section, std::string what) {
    if (refused_sections_.insert(section).second) refuse(where, section, std::move(what));
}

}  // namespace fairlead::config
