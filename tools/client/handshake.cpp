// SPDX-License-Identifier: Apache-2.0
#include "client/handshake.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

namespace fairlead::client {
namespace {

constexpr std::string_view kGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

std::string base64(const unsigned char* bytes, std::size_t size) {
    std::string out((size + 2) / 3 * 4 + 1, '\0');  // EVP_EncodeBlock ends with a zero byte
    auto* target = reinterpret_cast<unsigned char*>(out.data());
    out.resize(static_cast<std::size_t>(EVP_EncodeBlock(target, bytes, static_cast<int>(size))));
    return out;
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equal_in_any_case(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

Error malformed(std::string text) {
    return Error{Fault::malformed, std::move(text)};
}

bool read_status_line(std::string_view line, HttpAnswer& answer) {
    if (line.size() < 12 || line.substr(0, 7) != "HTTP/1.") return false;
    const auto [end, error] = std::from_chars(line.data() + 9, line.data() + 12, answer.status);
    if (error != std::errc{} || end != line.data() + 12) return false;
    answer.reason = std::string(trimmed(line.substr(12)));
    return true;
}

}  // namespace

std::string new_key() {
    std::array<unsigned char, 16> bytes{};
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
        bytes.fill(0x2a);  // it is a nonce, no secret
    return base64(bytes.data(), bytes.size());
}

std::string accept_of(std::string_view key) {
    const std::string text = std::string(key) + std::string(kGuid);
    std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
    SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
    return base64(digest.data(), digest.size());
}

std::string encode_request(const Url& url, const HandshakeRequest& request) {
    std::string out = "GET " + url.target + " HTTP/1.1\r\nHost: " + url.authority() +
                      "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                      "Sec-WebSocket-Key: " +
                      request.key + "\r\n";
    const auto put = [&](std::string_view name, std::string_view value) {
        out.append(name).append(": ").append(value).append("\r\n");
    };
    if (!request.origin.empty()) put("Origin", request.origin);
    std::string offered;
    for (const auto& name : request.subprotocols)
        offered += (offered.empty() ? "" : ", ") + name;
    if (!offered.empty()) put("Sec-WebSocket-Protocol", offered);
    for (const auto& [name, value] : request.headers)
        put(name, value);
    return out + "\r\n";
}

std::string_view HttpAnswer::header(std::string_view name) const {
    for (const auto& [key, value] : headers) {
        if (equal_in_any_case(key, name)) return value;
    }
    return {};
}

Result<HttpAnswer> parse_answer(std::string_view bytes) {
    const std::size_t end = bytes.find("\r\n\r\n");
    if (end == std::string_view::npos) return malformed("an HTTP answer without end");
    HttpAnswer answer;
    answer.head_bytes = end + 4;
    std::size_t line_end = bytes.find("\r\n");
    if (!read_status_line(bytes.substr(0, line_end), answer)) return malformed("the answer is not HTTP/1.x");
    while (line_end < end) {
        const std::size_t start = line_end + 2;
        line_end = bytes.find("\r\n", start);
        const std::string_view line = bytes.substr(start, line_end - start);
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos || colon == 0) return malformed("a header line without a name");
        answer.headers.emplace_back(line.substr(0, colon), trimmed(line.substr(colon + 1)));
    }
    return answer;
}

Result<std::string> check_answer(const HttpAnswer& answer, const HandshakeRequest& request) {
    if (answer.status != 101) {
        return Error{Fault::refused, "HTTP " + std::to_string(answer.status) + " " + answer.reason};
    }
    if (!equal_in_any_case(answer.header("Upgrade"), "websocket"))
        return malformed("101 without Upgrade: websocket");
    if (!equal_in_any_case(answer.header("Connection"), "upgrade"))
        return malformed("101 without Connection: Upgrade");
    if (answer.header("Sec-WebSocket-Accept") != accept_of(request.key))
        return malformed("a wrong accept value");
    if (!answer.header("Sec-WebSocket-Extensions").empty())
        return malformed("an extension that was not offered");
    const std::string chosen(answer.header("Sec-WebSocket-Protocol"));
    const auto& offered = request.subprotocols;
    if (!chosen.empty() && std::find(offered.begin(), offered.end(), chosen) == offered.end()) {
        return malformed("subprotocol '" + chosen + "' was not offered");
    }
    return chosen;
}

}  // namespace fairlead::client
