// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace fairlead::support {

/// What tools/dev/make_certs makes, in a folder that goes with this object. Threads: one.
class Certificates {
public:
    Certificates() {
        std::string name = (std::filesystem::temp_directory_path() / "fairlead_certs_XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
        folder_ = name;
        const std::string command = "bash '" FAIRLEAD_SOURCE_DIR "/tools/dev/make_certs' '" + folder_ + "' >/dev/null 2>&1";
        if (std::system(command.c_str()) != 0) throw std::runtime_error("make_certs failed");
    }
    ~Certificates() { std::filesystem::remove_all(folder_); }
    Certificates(const Certificates&) = delete;
    Certificates& operator=(const Certificates&) = delete;

    /// The path of "ca.pem", "server.key", ...
    std::string operator()(const std::string& name) const { return folder_ + "/" + name; }

    /// Puts the pair of that name in the place of `target`'s, each file at once.
    void replace(const std::string& target, const std::string& by) const {
        for (const char* kind : {".pem", ".key"}) {
            copy(by + kind, "next");
            std::filesystem::rename((*this)("next"), (*this)(target + kind));
        }
    }
    void copy(const std::string& from, const std::string& to) const {
        std::filesystem::copy_file((*this)(from), (*this)(to), std::filesystem::copy_options::overwrite_existing);
    }

private:
    std::string folder_;
};

}  // namespace fairlead::support
