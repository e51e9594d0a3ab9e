// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace fairlead::layers {

// One source file of the tree and what its include lines name.
struct SourceFile {
    std::string path;                   // from the tree's root, with '/': "broker/edge/listener.cpp"
    std::vector<std::string> includes;  // as written between the quotes or angles: "core/ports.h", "asio.hpp"
};

// Reads all .h and .cpp files under sdk, broker, tools and examples of `root`, sorted by path.
// Folders that do not exist are skipped, and so is node_modules. An unreadable file throws.
// Threads: any.
std::vector<SourceFile> read_include_lines(const std::filesystem::path& root);

}  // namespace fairlead::layers
