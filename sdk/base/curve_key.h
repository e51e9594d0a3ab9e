// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

/// Keys of CurveZMQ. A public key is 40 characters of Z85; it is a name, not a secret. A secret key stands in
/// a key file:
///
///     # comments
///     public_key = "…40 characters…"
///     secret_key = "…40 characters…"
///
/// Threads: any.
namespace fairlead::base {

inline constexpr std::size_t kKeyBytes = 32;
inline constexpr std::size_t kKeyChars = 40;

/// A secret key in memory: wiped when it goes, and never made into text but by write_key_file().
class SecretKey {
public:
    /// A new one, from the system's random numbers.
    static SecretKey make();

    /// From its 40 characters; nothing if they are no key.
    static std::optional<SecretKey> parse(std::string_view text);

    SecretKey(const SecretKey&) = delete;
    SecretKey& operator=(const SecretKey&) = delete;
    SecretKey(SecretKey&& other) noexcept;
    SecretKey& operator=(SecretKey&& other) noexcept;
    ~SecretKey();

    std::span<const unsigned char, kKeyBytes> bytes() const noexcept { return bytes_; }
    std::string public_key() const;

private:
    SecretKey() = default;

    std::array<unsigned char, kKeyBytes> bytes_{};
};

bool valid_public_key(std::string_view text);

/// The 40 characters of a public key's bytes.
std::string public_key_text(std::span<const unsigned char, kKeyBytes> bytes);

/// The bytes of a valid public key.
std::array<unsigned char, kKeyBytes> public_key_bytes(std::string_view text);

/// Overwrites a text that held a secret, and empties it.
void wipe(std::string& secret) noexcept;

/// The key of a file that only its owner may read, or why there is none; the text names the file, but none of
/// its content.
std::variant<SecretKey, std::string> read_key_file(const std::string& path);

/// Writes a new file of mode 0600; a file that is there stays as it is. Empty, or why it failed.
std::string write_key_file(const std::string& path, const SecretKey& key);

}  // namespace fairlead::base
