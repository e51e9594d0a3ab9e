// SPDX-License-Identifier: Apache-2.0
#include "config/secret.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/private_file.h"

namespace fairlead::config {
namespace {

constexpr std::size_t kMaxBytes = 4096;

// An open file that closes itself. Mode and bytes are asked of one descriptor, so both are of the same file.
class File {
public:
    explicit File(const std::string& path)
        : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
    ~File() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    bool good() const { return descriptor_ >= 0; }
    bool stat(struct stat& status) const { return ::fstat(descriptor_, &status) == 0; }

    // At most so many; nothing on an error.
    std::optional<std::string> read(std::size_t most) const {
        std::string bytes(most, '\0');
        std::size_t size = 0;
        while (size < bytes.size()) {
            const auto count = ::read(descriptor_, bytes.data() + size, bytes.size() - size);
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) return std::nullopt;
            if (count == 0) break;
            size += static_cast<std::size_t>(count);
        }
        bytes.resize(size);
        return bytes;
    }

private:
    int descriptor_;
};

void strip_newline(std::string& bytes) {
    if (bytes.empty() || bytes.back() != '\n') return;
    bytes.pop_back();
    if (!bytes.empty() && bytes.back() == '\r') bytes.pop_back();
}

Parsed<std::string> bad(std::string why) {
    return Parsed<std::string>::bad(std::move(why));
}

std::string system_error() {
    return std::strerror(errno);
}

}  // namespace

Parsed<std::string> read_secret(const std::string& path, std::size_t least) {
    const File file(path);
    if (!file.good()) return bad(path + " cannot be read: " + system_error());
    struct stat status {};
    if (!file.stat(status)) return bad(path + " cannot be read: " + system_error());
    if (!S_ISREG(status.st_mode))
        return bad(path + " is no regular file; write the path of a file with the secret");
    if (base::open_to_others(path, status)) {
        return bad(path + " is open to group or others; run chmod 600 " + path);
    }
    auto bytes = file.read(kMaxBytes + 3);
    if (!bytes) return bad(path + " cannot be read: " + system_error());
    strip_newline(*bytes);
    const std::string instead = " bytes; write at least " + std::to_string(least) + " random ones";
    if (bytes->size() < least) return bad(path + " has " + std::to_string(bytes->size()) + instead);
    if (bytes->size() > kMaxBytes) return bad(path + " has more than 4096" + instead);
    return Parsed<std::string>::good(std::move(*bytes));
}

Parsed<std::string> read_public_file(const std::string& path, std::size_t most) {
    const File file(path);
    struct stat status {};
    if (!file.good() || !file.stat(status)) return bad(path + " cannot be read: " + system_error());
    if (!S_ISREG(status.st_mode)) return bad(path + " is no regular file");
    if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        return bad(path + " may be changed by group or others; run chmod go-w " + path);
    }
    auto bytes = file.read(most + 1);
    if (!bytes) return bad(path + " cannot be read: " + system_error());
    if (bytes->empty()) return bad(path + " is empty");
    if (bytes->size() > most) return bad(path + " has more than " + std::to_string(most) + " bytes");
    return Parsed<std::string>::good(std::move(*bytes));
}

}  // namespace fairlead::config
