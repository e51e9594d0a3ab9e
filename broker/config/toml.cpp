// SPDX-License-Identifier: Apache-2.0
#include <toml++/toml.h>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "config/source.h"

namespace fairlead::config {
namespace {

constexpr std::size_t kMaxFileBytes = 1024 * 1024;

std::string place(const std::string& name, const toml::source_region& region) {
    return name + ":" + std::to_string(region.begin.line) + ":" + std::to_string(region.begin.column);
}

std::string kind_of(const toml::node& node) {
    if (node.is_table()) return "a table";
    if (node.is_array_of_tables()) return "a list of tables";
    if (node.is_floating_point()) return "a number with a fraction";
    return "a date or time";
}

Raw raw_list(const toml::array& array) {
    std::vector<std::string> list;
    for (const toml::node& item : array) {
        const auto* text = item.as_string();
        if (text == nullptr) return Unusable{"a list with something else than text"};
        list.push_back(text->get());
    }
    return list;
}

Raw raw_of(const toml::node& node) {
    if (const auto* flag = node.as_boolean()) return flag->get();
    if (const auto* number = node.as_integer()) return number->get();
    if (const auto* text = node.as_string()) return text->get();
    if (node.is_array() && !node.is_array_of_tables()) return raw_list(*node.as_array());
    return Unusable{kind_of(node)};
}

// toml++ keeps keys sorted by name; people look for errors in the order of the file.
struct Item {
    const toml::key* key;
    const toml::node* node;
};

std::vector<Item> in_file_order(const toml::table& table) {
    std::vector<Item> items;
    for (const auto& [key, node] : table)
        items.push_back({&key, &node});
    const auto position = [](const Item& item) {
        const auto& begin = item.key->source().begin;
        return std::pair{begin.line, begin.column};
    };
    std::stable_sort(items.begin(), items.end(),
                     [&](const Item& a, const Item& b) { return position(a) < position(b); });
    return items;
}

std::vector<Entry> entries_of(const std::string& section, const toml::table& table, const std::string& name) {
    std::vector<Entry> entries;
    for (const Item& item : in_file_order(table)) {
        entries.push_back(
            {section, std::string(item.key->str()), raw_of(*item.node), place(name, item.key->source())});
    }
    return entries;
}

void take_section(Source& source, const std::string& section, const toml::table& table,
                  const std::string& where, const std::string& name) {
    source.entries.push_back({section, {}, Unusable{"a section"}, where, true});
    for (auto& entry : entries_of(section, table, name))
        source.entries.push_back(std::move(entry));
}

void take_item(Source& source, const Item& item, const std::string& name) {
    const std::string key(item.key->str());
    const std::string where = place(name, item.key->source());
    if (const auto* table = item.node->as_table()) {
        take_section(source, key, *table, where, name);
    } else if (item.node->is_array_of_tables()) {
        for (const toml::node& element : *item.node->as_array()) {
            source.tables.push_back(
                {key, entries_of(key, *element.as_table(), name), place(name, element.source())});
        }
    } else {
        source.entries.push_back({{}, key, raw_of(*item.node), where});
    }
}

}  // namespace

Source read_toml(std::string_view text, const std::string& name) {
    Source source;
    try {
        const toml::table root = toml::parse(text, name);
        for (const Item& item : in_file_order(root))
            take_item(source, item, name);
    } catch (const toml::parse_error& error) {
        source.problems.push_back(
            {place(name, error.source()), "not TOML: " + std::string(error.description())});
    }
    return source;
}

Source read_toml_file(const std::string& path) {
    const auto refuse = [&](std::string what) {
        Source source;
        source.problems.push_back({path, std::move(what)});
        return source;
    };
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored))
        return refuse("is a directory; write the path of a file");
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    if (!file) return refuse(std::string("cannot be read: ") + std::strerror(errno));
    std::string text(kMaxFileBytes + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (file.bad()) return refuse("cannot be read to its end");
    if (text.size() > kMaxFileBytes)
        return refuse("is larger than 1 MiB; a configuration is a few kilobytes of TOML");
    Source source = read_toml(text, path);
    source.folder = std::filesystem::absolute(path).parent_path().string();
    return source;
}

}  // namespace fairlead::config
