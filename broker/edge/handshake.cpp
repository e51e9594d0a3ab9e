// SPDX-License-Identifier: Apache-2.0
#include "edge/handshake.h"

#include <algorithm>
#include <array>
#include <utility>

namespace fairlead::edge {
namespace {

constexpr std::string_view kJsonProtocol = "centrifuge-json";
constexpr std::string_view kForwardedFor = "x-forwarded-for";
constexpr std::string_view kTokenParameter = "token=";
constexpr std::size_t kKeySize = 24;  // base64 of 16 bytes

Handshake refuse(int status, std::string_view why) { return {status, why, {}, {}, {}, {}}; }

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

bool is_token_char(char c) {
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
    return std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_text_char(char c) {
    auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
}

std::string_view trimmed(std::string_view text) {
    std::size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Calls each(item) for the members of a comma-separated list until it says true.
template <typename Each>
bool any_item(std::string_view list, Each&& each) {
    while (!list.empty()) {
        std::size_t comma = list.find(',');
        if (each(trimmed(list.substr(0, comma)))) return true;
        list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
    }
    return false;
}

// The headers that matter, each at most once.
enum Name : std::size_t { host, upgrade, connection, key, version, protocol, origin, length, encoding, authorization, names };
constexpr std::array<std::string_view, names> kNames = {
    "host",   "upgrade",        "connection",        "sec-websocket-key", "sec-websocket-version", "sec-websocket-protocol",
    "origin", "content-length", "transfer-encoding", "authorization"};

struct Headers {
    std::array<std::string_view, names> values{};
    std::array<bool, names> present{};
    std::string forwarded_for;
};

// A list may be repeated over several lines; the two of ours are refused then too, for simplicity of what follows.
bool take_header(std::string_view line, Headers& headers, Handshake& result) {
    std::size_t colon = line.find(':');
    std::string_view name = line.substr(0, colon);
    if (colon == std::string_view::npos || name.empty() || !std::all_of(name.begin(), name.end(), is_token_char)) {
        result = refuse(400, "malformed header line");
        return false;
    }
    if (equal_ignoring_case(name, kForwardedFor)) {
        if (!headers.forwarded_for.empty()) headers.forwarded_for += ',';
        headers.forwarded_for += line.substr(colon + 1);
        return true;
    }
    for (std::size_t i = 0; i < names; ++i) {
        if (!equal_ignoring_case(name, kNames[i])) continue;
        if (headers.present[i]) {
            result = refuse(400, "repeated header");
            return false;
        }
        headers.present[i] = true;
        headers.values[i] = trimmed(line.substr(colon + 1));
    }
    return true;
}

// The value of `token` in the query: what a token can hold needs no escapes, so none are undone.
std::string_view token_of(std::string_view target) {
    std::size_t mark = target.find('?');
    std::string_view query = mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
    while (!query.empty()) {
        std::size_t end = query.find('&');
        std::string_view item = query.substr(0, end);
        if (item.substr(0, kTokenParameter.size()) == kTokenParameter) return item.substr(kTokenParameter.size());
        query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
    }
    return {};
}

Handshake judge_request_line(std::string_view line, const HandshakeRules& rules) {
    std::size_t first = line.find(' ');
    std::size_t last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) return refuse(400, "malformed request line");
    std::string_view target = line.substr(first + 1, last - first - 1);
    if (line.substr(last + 1) != "HTTP/1.1") return refuse(505, "only HTTP/1.1 is spoken here");
    if (target.empty() || target[0] != '/' || target.find(' ') != std::string_view::npos) {
        return refuse(400, "malformed request target");
    }
    if (target.substr(0, target.find('?')) != rules.path) return refuse(404, "nothing is served at this path");
    if (line.substr(0, first) != "GET") return refuse(405, "only GET is allowed here");
    Handshake result;
    if (rules.token_in_url) result.token = token_of(target);
    return result;
}

bool valid_key(std::string_view text) {
    auto is_base64 = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
    };
    return text.size() == kKeySize && text.substr(kKeySize - 2) == "==" &&
           std::all_of(text.begin(), text.end() - 2, is_base64);
}

std::string_view select_protocol(std::string_view offered) {
    std::string_view selected;
    any_item(offered, [&](std::string_view item) {
        if (item == kJsonProtocol) selected = kJsonProtocol;
        return !selected.empty();
    });
    return selected;
}

Handshake judge_headers(Headers&& headers, std::string_view token, const HandshakeRules& rules) {
    auto has_item = [&](Name name, std::string_view wanted) {
        return any_item(headers.values[name], [&](std::string_view item) { return equal_ignoring_case(item, wanted); });
    };
    if (!headers.present[host] || headers.values[host].empty()) return refuse(400, "Host is missing");
    if (headers.present[encoding] || (headers.present[length] && headers.values[length] != "0")) {
        return refuse(413, "a body is not accepted");
    }
    if (!has_item(upgrade, "websocket")) return refuse(426, "this is a WebSocket endpoint");
    if (!has_item(connection, "upgrade")) return refuse(400, "Connection: Upgrade is missing");
    if (headers.values[version] != "13") return refuse(426, "only WebSocket version 13 is spoken here");
    if (!valid_key(headers.values[key])) return refuse(400, "Sec-WebSocket-Key is not 16 bytes in base64");
    if (headers.present[origin] && (headers.values[origin].empty() || !rules.origins.allows(headers.values[origin], headers.values[host]))) {
        return refuse(403, "pages of this Origin are not allowed");
    }
    return {101,   {}, headers.values[key], select_protocol(headers.values[protocol]),
            token, std::move(headers.forwarded_for)};
}

std::string_view phrase(int status) {
    switch (status) {
        case 400: return "Bad Request";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 408: return "Request Timeout";
        case 413: return "Content Too Large";
        case 426: return "Upgrade Required";
        case 429: return "Too Many Requests";
        case 431: return "Request Header Fields Too Large";
        case 503: return "Service Unavailable";
        case 505: return "HTTP Version Not Supported";
        default: return "Error";
    }
}

}  // namespace

std::size_t find_head_end(std::string_view bytes) noexcept {
    std::size_t at = bytes.find("\r\n\r\n");
    return at == std::string_view::npos ? at : at + 4;
}

bool is_hopeless(std::string_view bytes) noexcept {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (bytes[i] == '\0' || (bytes[i] == '\n' && (i == 0 || bytes[i - 1] != '\r'))) return true;
    }
    return false;
}

Handshake judge_handshake(std::string_view head, const HandshakeRules& rules) {
    if (head.size() > rules.max_header_bytes) return refuse(431, "the request head is too large");
    std::string_view lines = head.substr(0, head.size() - 2);  // each line with its CRLF, without the empty one
    Headers headers;
    Handshake result;
    for (std::size_t count = 0; !lines.empty(); ++count) {
        std::size_t end = lines.find("\r\n");
        std::string_view line = lines.substr(0, end);
        lines = lines.substr(end + 2);
        if (count > rules.max_header_lines) return refuse(431, "too many header lines");
        if (!std::all_of(line.begin(), line.end(), is_text_char)) return refuse(400, "control character in the request head");
        if (count == 0) {
            result = judge_request_line(line, rules);
        } else if (line[0] == ' ' || line[0] == '\t') {
            result = refuse(400, "folded header line");
        } else {
            take_header(line, headers, result);
        }
        if (result.status != 101) return result;
    }
    return judge_headers(std::move(headers), result.token, rules);
}

std::string canonical_request(const Handshake& handshake) {
    std::string text = "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                       "Sec-WebSocket-Key: ";
    text += handshake.key;
    if (!handshake.subprotocol.empty()) {
        text += "\r\nSec-WebSocket-Protocol: ";
        text += handshake.subprotocol;
    }
    return text += "\r\n\r\n";
}

std::string http_refusal(int status, std::string_view why) {
    std::string text = "HTTP/1.1 " + std::to_string(status) + " ";
    text += phrase(status);
    text += "\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: " + std::to_string(why.size() + 1);
    if (status == 405) text += "\r\nAllow: GET";
    if (status == 426) text += "\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13";
    if (status == 429 || status == 503) text += "\r\nRetry-After: 1";
    text += "\r\n\r\n";
    text += why;
    return text += "\n";
}

}  // namespace fairlead::edge
