// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <algorithm>
#include <array>

#include "config/nearest.h"
#include "config/source.h"
#include "config/table.h"

namespace fairlead::config {
namespace {

constexpr std::string_view kPrefix = "FAIRLEAD_";
constexpr std::string_view kSdkPrefix = "FAIRLEAD_SDK_";
constexpr std::string_view kDigits = "0123456789";

// Variables of the project's own tools and tests, which start brokers with the environment they were started
// with.
constexpr std::array<std::string_view, 3> kToolVariables{"FAIRLEAD_BIN_DIR", "FAIRLEAD_NO_INSTALL",
                                                         "FAIRLEAD_SOURCE_DIR"};

bool starts_with(std::string_view text, std::string_view prefix) {
    return text.substr(0, prefix.size()) == prefix;
}

bool ends_with(std::string_view text, std::string_view suffix) {
    return text.size() >= suffix.size() && text.substr(text.size() - suffix.size()) == suffix;
}

// Kubernetes tells each container of each service in its namespace; one that is called fairlead-something
// gives FAIRLEAD_..._SERVICE_HOST, ..._SERVICE_PORT[_NAME], ..._PORT and ..._PORT_8000_TCP[_ADDR].
bool is_of_kubernetes(std::string_view name) {
    if (ends_with(name, "_SERVICE_HOST") || ends_with(name, "_PORT")) return true;
    if (name.find("_SERVICE_PORT_") != std::string_view::npos) return true;
    const auto port = name.find("_PORT_");
    return port != std::string_view::npos && name.size() > port + 6 &&
           kDigits.find(name[port + 6]) != std::string_view::npos;
}

bool is_ours(std::string_view name) {
    const bool of_tools =
        std::find(kToolVariables.begin(), kToolVariables.end(), name) != kToolVariables.end();
    return starts_with(name, kPrefix) && !starts_with(name, kSdkPrefix) && !of_tools &&
           !is_of_kubernetes(name);
}

std::vector<std::string> variables_of_table() {
    std::vector<std::string> names;
    for (const Row& row : table())
        names.push_back(variable_of(row));
    return names;
}

const Row* row_of_variable(std::string_view name) {
    for (const Row& row : table()) {
        if (variable_of(row) == name) return &row;
    }
    return nullptr;
}

}  // namespace

Variables environment() {
    Variables variables;
    for (char** item = environ; item != nullptr && *item != nullptr; ++item) {
        const std::string_view text(*item);
        const auto equals = text.find('=');
        if (equals != std::string_view::npos)
            variables.emplace_back(text.substr(0, equals), text.substr(equals + 1));
    }
    return variables;
}

Source read_environment(const Variables& variables) {
    Source source;
    for (const auto& [name, value] : variables) {
        if (!is_ours(name)) continue;
        if (const Row* row = row_of_variable(name)) {
            source.entries.push_back(
                {std::string(row->section), std::string(row->key), Untyped{value}, name});
        } else if (starts_with(name, "FAIRLEAD_NAMESPACE")) {
            source.problems.push_back(
                {name, "lists of tables come from files only; write [[namespace]] in a file"});
        } else {
            source.problems.push_back({name, "is no variable of the broker; did you mean " +
                                                 nearest(name, variables_of_table()) + "?"});
        }
    }
    return source;
}

}  // namespace fairlead::config
