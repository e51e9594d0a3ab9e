// SPDX-License-Identifier: Apache-2.0
#include "edge/pem_file.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/private_file.h"

namespace fairlead::edge {
namespace {

constexpr off_t kMaxBytes = 1024 * 1024;

// Mode and bytes are asked of one descriptor, so both are of the same file.
class File {
public:
    explicit File(const std::string& path) : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    bool good() const { return descriptor_ >= 0; }
    bool stat(struct stat& status) const { return ::fstat(descriptor_, &status) == 0; }

    bool read(std::string& text) const {
        for (std::size_t filled = 0; filled < text.size();) {
            ssize_t got = ::read(descriptor_, text.data() + filled, text.size() - filled);
            if (got < 0 && errno == EINTR) continue;
            if (got <= 0) return false;
            filled += static_cast<std::size_t>(got);
        }
        return true;
    }

private:
    int descriptor_;
};

}  // namespace

std::optional<std::string> read_pem(const std::string& path, Privacy privacy, std::string& why) {
    const File file(path);
    struct stat status {};
    if (!file.good() || !file.stat(status)) {
        why = path + " cannot be read: " + std::strerror(errno);
    } else if (!S_ISREG(status.st_mode) || status.st_size > kMaxBytes) {
        why = path + " is no regular file of at most 1 MiB";
    } else if (privacy == Privacy::owner_only && base::open_to_others(path, status)) {
        why = path + " is open to group or others; run chmod 600 " + path;
    } else {
        std::string text(static_cast<std::size_t>(status.st_size), '\0');
        if (file.read(text)) return text;
        why = path + " changed while it was read";
    }
    return std::nullopt;
}

std::uint64_t file_stamp(const std::string& path) {
    struct stat status {};
    if (path.empty() || ::stat(path.c_str(), &status) != 0) return 0;
    std::uint64_t stamp = 1;
    for (auto part : {static_cast<std::uint64_t>(status.st_dev), static_cast<std::uint64_t>(status.st_ino),
                      static_cast<std::uint64_t>(status.st_size), static_cast<std::uint64_t>(status.st_mode),
                      static_cast<std::uint64_t>(status.st_mtim.tv_sec),
                      static_cast<std::uint64_t>(status.st_mtim.tv_nsec)}) {
        stamp = (stamp ^ part) * 0x9e3779b97f4a7c15U;
        stamp ^= stamp >> 29U;
    }
    return stamp | 1U;
}

}  // namespace fairlead::edge
