// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Bytes of a client and a reading of the server's, for the edge's tests.
namespace fairlead::edge::test {

inline std::string upgrade_request(const std::string& more = {}) {
    return "GET /connection/websocket HTTP/1.1\r\nHost: app.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
           more + "\r\n";
}

/// One masked frame.
inline std::string client_frame(unsigned first, std::string_view payload) {
    std::string bytes(1, static_cast<char>(first));
    std::size_t length = payload.size();
    if (length < 126) {
        bytes += static_cast<char>(0x80 | length);
    } else if (length < 65536) {
        bytes += static_cast<char>(0x80 | 126);
        bytes += static_cast<char>(length >> 8);
        bytes += static_cast<char>(length & 0xff);
    } else {
        bytes += static_cast<char>(0x80 | 127);
        for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>((length >> shift) & 0xff);
    }
    const char mask[4] = {0x11, 0x22, 0x33, 0x44};
    bytes.append(mask, 4);
    for (std::size_t i = 0; i < length; ++i) bytes += static_cast<char>(payload[i] ^ mask[i % 4]);
    return bytes;
}

inline std::string text(std::string_view payload) { return client_frame(0x81, payload); }

struct ServerFrame {
    unsigned opcode = 0;
    std::string payload;

    unsigned close_code() const {
        if (opcode != 8 || payload.size() < 2) return 0;
        return static_cast<unsigned>(static_cast<unsigned char>(payload[0]) << 8 | static_cast<unsigned char>(payload[1]));
    }
};

/// All whole frames in `bytes`.
inline std::vector<ServerFrame> server_frames(std::string_view bytes) {
    std::vector<ServerFrame> frames;
    while (bytes.size() >= 2) {
        auto at = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(bytes[i])); };
        std::size_t length = at(1);
        std::size_t header = 2;
        if (length == 126) {
            length = at(2) << 8 | at(3);
            header = 4;
        } else if (length == 127) {
            length = 0;
            for (std::size_t i = 2; i < 10; ++i) length = length << 8 | at(i);
            header = 10;
        }
        frames.push_back({static_cast<unsigned>(at(0) & 0x0f), std::string(bytes.substr(header, length))});
        bytes.remove_prefix(header + length);
    }
    return frames;
}

}  // namespace fairlead::edge::test
