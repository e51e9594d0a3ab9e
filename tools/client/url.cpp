// SPDX-License-Identifier: Apache-2.0
#include "client/url.h"

#include <charconv>

namespace fairlead::client {
namespace {

constexpr std::string_view kPlain = "ws://";
constexpr std::string_view kTls = "wss://";

Error wrong(std::string_view text, std::string_view why) {
    return Error{Fault::malformed, "'" + std::string(text) + "' " + std::string(why)};
}

bool read_port(std::string_view text, std::uint16_t& port) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc{} && end == text.data() + text.size() && port != 0;
}

}  // namespace

std::string Url::authority() const {
    const bool is_v6 = host.find(':') != std::string::npos;
    const std::string shown = is_v6 ? "[" + host + "]" : host;
    return port == (tls ? 443 : 80) ? shown : shown + ":" + std::to_string(port);
}

Result<Url> parse_url(std::string_view text) {
    Url url;
    url.tls = text.substr(0, kTls.size()) == kTls;
    if (!url.tls && text.substr(0, kPlain.size()) != kPlain) {
        return wrong(text, "is no WebSocket address: it must begin with ws:// or wss://");
    }
    if (url.tls) url.port = 443;
    std::string_view rest = text.substr(url.tls ? kTls.size() : kPlain.size());
    const std::size_t path = rest.find_first_of("/?");
    if (path != std::string_view::npos) {
        url.target = std::string(rest.substr(path));
        if (url.target.front() == '?') url.target.insert(0, "/");
        rest = rest.substr(0, path);
    }
    if (url.target.find_first_of(" \r\n#") != std::string::npos)
        return wrong(text, "has a space or '#' in it");
    std::size_t host_end = rest.rfind(':');
    if (!rest.empty() && rest.front() == '[') {
        const std::size_t bracket = rest.find(']');
        if (bracket == std::string_view::npos) return wrong(text, "lacks the ']' of its host");
        url.host = std::string(rest.substr(1, bracket - 1));
        host_end = bracket + 1 < rest.size() ? bracket + 1 : std::string_view::npos;
        if (host_end != std::string_view::npos && rest[host_end] != ':')
            return wrong(text, "has no port after ']'");
    } else {
        url.host = std::string(rest.substr(0, host_end));
    }
    if (url.host.empty()) return wrong(text, "has no host");
    if (host_end != std::string_view::npos && !read_port(rest.substr(host_end + 1), url.port)) {
        return wrong(text, "has no port number from 1 to 65535 after ':'");
    }
    return url;
}

}  // namespace fairlead::client
