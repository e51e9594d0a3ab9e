// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

namespace fairlead::config::test {

/// A folder of its own that goes with the object.
class Folder {
public:
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "fairlead_config_XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
        path_ = name;
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    std::string path(const std::string& name) const { return path_ + "/" + name; }

    /// Writes a file and gives its path.
    std::string write(const std::string& name, std::string_view bytes, mode_t mode = 0600) const {
        const auto file = path(name);
        std::ofstream(file, std::ios::binary) << bytes;
        if (::chmod(file.c_str(), mode) != 0) throw std::runtime_error("chmod");
        return file;
    }

private:
    std::string path_;
};

inline std::string read_whole(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error("cannot read " + path);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace fairlead::config::test
