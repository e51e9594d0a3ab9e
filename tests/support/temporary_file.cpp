// SPDX-License-Identifier: Apache-2.0
#include "support/temporary_file.h"

#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>

namespace fairlead::support {

TemporaryFile::TemporaryFile(std::string_view content)
    : path_((std::filesystem::temp_directory_path() / "fairlead-test-XXXXXX").string()) {
    const int descriptor = ::mkstemp(path_.data());  // mode 0600
    const bool written = descriptor >= 0 && ::write(descriptor, content.data(), content.size()) ==
                                                static_cast<ssize_t>(content.size());
    if (descriptor >= 0) ::close(descriptor);
    if (!written) throw std::runtime_error{"cannot write " + path_};
}

TemporaryFile::~TemporaryFile() {
    ::unlink(path_.c_str());
}

}  // namespace fairlead::support
