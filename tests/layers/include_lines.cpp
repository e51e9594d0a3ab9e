// SPDX-License-Identifier: Apache-2.0
#include "layers/include_lines.h"

#include <algorithm>
#include <fstream>
#include <stdexcept>

namespace fairlead::layers {

namespace fs = std::filesystem;

namespace {

// The name in `#include "name"` or `#include <name>`, else empty. Blanks may stand where the grammar has
// them.
std::string included_name(const std::string& line) {
    const auto hash = line.find_first_not_of(" \t");
    if (hash == std::string::npos || line[hash] != '#') return {};
    const auto word = line.find_first_not_of(" \t", hash + 1);
    if (word == std::string::npos || line.compare(word, 7, "include") != 0) return {};
    const auto open = line.find_first_of("\"<", word + 7);
    if (open == std::string::npos) return {};
    const auto close = line.find(line[open] == '<' ? '>' : '"', open + 1);
    return close == std::string::npos ? std::string{} : line.substr(open + 1, close - open - 1);
}

SourceFile read_file(const fs::path& root, const fs::path& path) {
    std::ifstream in{path};
    if (!in) throw std::runtime_error{"cannot read " + path.string()};
    SourceFile file{path.lexically_relative(root).generic_string(), {}};
    for (std::string line; std::getline(in, line);) {
        if (auto name = included_name(line); !name.empty()) file.includes.push_back(std::move(name));
    }
    return file;
}

void read_folder(const fs::path& root, const fs::path& folder, std::vector<SourceFile>& files) {
    for (fs::recursive_directory_iterator it{folder}, end; it != end; ++it) {
        if (it->is_directory() && it->path().filename() == "node_modules") it.disable_recursion_pending();
        const auto extension = it->path().extension();
        if (it->is_regular_file() && (extension == ".h" || extension == ".cpp")) {
            files.push_back(read_file(root, it->path()));
        }
    }
}

}  // namespace

std::vector<SourceFile> read_include_lines(const fs::path& root) {
    std::vector<SourceFile> files;
    for (const char* name : {"sdk", "broker", "tools", "examples"}) {
        if (fs::is_directory(root / name)) read_folder(root, root / name, files);
    }
    std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    return files;
}

}  // namespace fairlead::layers
