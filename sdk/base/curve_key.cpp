// SPDX-License-Identifier: Apache-2.0
#include "base/curve_key.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zmq.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "base/private_file.h"

namespace fairlead::base {
namespace {

constexpr std::size_t kMaxFileBytes = 4096;
constexpr std::string_view kSecretLine = "secret_key = \"";
constexpr std::string_view kPublicLine = "public_key = \"";

using KeyText = std::array<char, kKeyChars + 1>;  // with its NUL, as libzmq wants it

/// Memory that held a secret and is wiped at the end of its block.
template <typename Bytes>
class Wiped {
public:
    explicit Wiped(Bytes& bytes) : bytes_(bytes) {}
    ~Wiped() { ::explicit_bzero(bytes_.data(), bytes_.size()); }
    Wiped(const Wiped&) = delete;
    Wiped& operator=(const Wiped&) = delete;

private:
    Bytes& bytes_;
};

/// A descriptor that closes itself.
class File {
public:
    File(const std::string& path, int flags) : descriptor_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
    ~File() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    bool good() const { return descriptor_ >= 0; }
    int descriptor() const { return descriptor_; }

private:
    int descriptor_;
};

bool decode(std::string_view text, std::array<unsigned char, kKeyBytes>& bytes) {
    if (text.size() != kKeyChars || text.find('\0') != std::string_view::npos) return false;
    KeyText terminated{};
    Wiped wiped(terminated);
    std::copy(text.begin(), text.end(), terminated.begin());
    return zmq_z85_decode(bytes.data(), terminated.data()) != nullptr;
}

/// Reads until the end or the buffer's; -1 on an error.
ssize_t read_all(int descriptor, char* buffer, std::size_t size) {
    std::size_t done = 0;
    while (done < size) {
        const ssize_t count = ::read(descriptor, buffer + done, size - done);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return -1;
        if (count == 0) break;
        done += static_cast<std::size_t>(count);
    }
    return static_cast<ssize_t>(done);
}

bool write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const ssize_t count = ::write(descriptor, text.data(), text.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

/// What stands in quotes on the line that begins with `line`; empty if there is no such line.
std::string_view quoted(std::string_view text, std::string_view line) {
    while (!text.empty()) {
        std::string_view here = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(here.size() + 1, text.size()));
        if (!here.starts_with(line)) continue;
        here.remove_prefix(line.size());
        return here.substr(0, here.find('"'));
    }
    return {};
}

std::string system_error() {
    return std::strerror(errno);
}

/// Why this open file is none that a key may stand in; empty if it may.
std::string refuse_file(const File& file, const std::string& path) {
    struct stat status {};
    if (!file.good() || ::fstat(file.descriptor(), &status) != 0) {
        return path + " cannot be read: " + system_error();
    }
    if (!S_ISREG(status.st_mode)) return path + " is no regular file; write the path of a key file";
    if (open_to_others(path, status)) {
        return path + " is open to group or others; run chmod 600 " + path;
    }
    return {};
}

}  // namespace

SecretKey SecretKey::make() {
    KeyText public_text{};
    KeyText secret_text{};
    Wiped wiped(secret_text);
    if (zmq_curve_keypair(public_text.data(), secret_text.data()) != 0) {
        throw std::runtime_error("this libzmq was built without CURVE");
    }
    SecretKey key;
    zmq_z85_decode(key.bytes_.data(), secret_text.data());
    return key;
}

std::optional<SecretKey> SecretKey::parse(std::string_view text) {
    SecretKey key;
    if (!decode(text, key.bytes_)) return std::nullopt;
    return key;
}

SecretKey::SecretKey(SecretKey&& other) noexcept : bytes_(other.bytes_) {
    ::explicit_bzero(other.bytes_.data(), other.bytes_.size());
}

SecretKey& SecretKey::operator=(SecretKey&& other) noexcept {
    if (this == &other) return *this;
    bytes_ = other.bytes_;
    ::explicit_bzero(other.bytes_.data(), other.bytes_.size());
    return *this;
}

SecretKey::~SecretKey() {
    ::explicit_bzero(bytes_.data(), bytes_.size());
}

std::string SecretKey::public_key() const {
    KeyText secret_text{};
    Wiped wiped(secret_text);
    KeyText public_text{};
    zmq_z85_encode(secret_text.data(), bytes_.data(), bytes_.size());
    zmq_curve_public(public_text.data(), secret_text.data());
    return {public_text.data(), kKeyChars};
}

bool valid_public_key(std::string_view text) {
    std::array<unsigned char, kKeyBytes> bytes{};
    return decode(text, bytes);
}

std::string public_key_text(std::span<const unsigned char, kKeyBytes> bytes) {
    KeyText text{};
    zmq_z85_encode(text.data(), bytes.data(), bytes.size());
    return {text.data(), kKeyChars};
}

std::array<unsigned char, kKeyBytes> public_key_bytes(std::string_view text) {
    std::array<unsigned char, kKeyBytes> bytes{};
    decode(text, bytes);
    return bytes;
}

void wipe(std::string& secret) noexcept {
    ::explicit_bzero(secret.data(), secret.size());
    secret.clear();
}

std::variant<SecretKey, std::string> read_key_file(const std::string& path) {
    // Mode and content are asked of one descriptor, so both are of the same file.
    const File file(path, O_RDONLY | O_NONBLOCK);
    if (std::string why = refuse_file(file, path); !why.empty()) return why;
    std::array<char, kMaxFileBytes> buffer{};
    Wiped wiped(buffer);
    const ssize_t size = read_all(file.descriptor(), buffer.data(), buffer.size());
    if (size < 0) return path + " cannot be read: " + system_error();
    const std::string_view text(buffer.data(), static_cast<std::size_t>(size));
    auto key = SecretKey::parse(quoted(text, kSecretLine));
    if (!key) return path + " holds no line secret_key = \"…\"; make one with: fairlead keygen --out FILE";
    const std::string_view public_key = quoted(text, kPublicLine);
    if (!public_key.empty() && public_key != key->public_key()) {
        return path + ": public_key and secret_key are no pair";
    }
    return std::move(*key);
}

std::string write_key_file(const std::string& path, const SecretKey& key) {
    const File file(path, O_WRONLY | O_CREAT | O_EXCL);
    if (!file.good()) return path + " cannot be made: " + system_error();
    // Whatever the umask says, and whatever it takes away.
    if (::fchmod(file.descriptor(), 0600) != 0) return path + " cannot be made: " + system_error();
    KeyText secret_text{};
    Wiped wiped(secret_text);
    zmq_z85_encode(secret_text.data(), key.bytes().data(), kKeyBytes);
    const std::string head = "# A secret key of Fairlead. Whoever has it is taken for its owner.\n" +
                             std::string(kPublicLine) + key.public_key() + "\"\n" + std::string(kSecretLine);
    const bool written = write_all(file.descriptor(), head) &&
                         write_all(file.descriptor(), {secret_text.data(), kKeyChars}) &&
                         write_all(file.descriptor(), "\"\n") && ::fsync(file.descriptor()) == 0;
    if (written) return {};
    std::string why = path + " cannot be written: " + system_error();
    ::unlink(path.c_str());
    return why;
}

}  // namespace fairlead::base
