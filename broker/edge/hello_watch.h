// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace fairlead::edge {

/// Reads along while a TLS handshake is clear text, to refuse a ClientHello for the length that it declares: OpenSSL
/// would make room for 128 KiB on the word of nine bytes.
/// Threads: the connection's edge thread.
class HelloWatch {
public:
    static constexpr std::size_t kMaxHelloBytes = 16 * 1024;

    /// Bytes as they come from the socket; false = one of the records begins a ClientHello that is too long, or is too
    /// short to tell.
    bool follow(std::string_view bytes) noexcept;

private:
    bool head_fits() const noexcept;

    // Record header (type, version, length) and the first bytes of its content (message type, length).
    std::array<std::uint8_t, 9> head_{};
    std::size_t filled_ = 0;
    std::size_t skip_ = 0;  // of the record's content
};

}  // namespace fairlead::edge
