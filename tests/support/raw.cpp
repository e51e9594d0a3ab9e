// SPDX-License-Identifier: Apache-2.0
#include "support/raw.h"

#include <array>
#include <stdexcept>
#include <utility>

#include "client/handshake.h"
#include "client/url.h"
#include "support/inbox.h"

namespace fairlead::support {
namespace {

using client::Clock;

client::Url parts_of(const std::string& url) {
    const auto scheme_end = url.find("://");
    const auto parsed = client::parse_url((url.compare(0, 3, "tcp") == 0 ? "ws" : url.substr(0, scheme_end)) +
                                          url.substr(scheme_end));
    if (!parsed) throw std::runtime_error("no address: " + parsed.error().text);
    return *parsed;
}

template <typename T>
T taken(client::Result<T> result) {
    if (!result) throw std::runtime_error(result.error().text);
    return std::move(*result);
}

}  // namespace

Raw::Raw(const std::string& url) {
    const auto to = parts_of(url);
    stream_ = taken(client::connect_tcp(to.host, to.port, Clock::now() + kPatience));
}

Raw::Raw(const std::string& url, const client::TlsOptions& tls) {
    const auto to = parts_of(url);
    auto socket = taken(client::connect_socket(to.host, to.port, Clock::now() + kPatience));
    stream_ = taken(client::begin_tls(std::move(socket), to.host, tls, Clock::now() + kPatience));
}

bool Raw::send(std::string_view bytes) {
    return static_cast<bool>(stream_->write(bytes, Clock::now() + kPatience));
}

bool Raw::ends() {
    std::array<char, 4096> piece{};
    const auto give_up = Clock::now() + kPatience;
    while (true) {
        const auto got = stream_->read(piece.data(), piece.size(), give_up);
        if (!got) return got.error().fault != client::Fault::timeout;
        if (*got == 0) return true;
    }
}

std::string Raw::hear(std::string_view until) {
    std::string heard;
    std::array<char, 4096> piece{};
    const auto give_up = Clock::now() + kPatience;
    while (heard.find(until) == std::string::npos) {
        const auto got = stream_->read(piece.data(), piece.size(), give_up);
        if (!got || *got == 0) break;
        heard.append(piece.data(), *got);
    }
    return heard;
}

std::string begun_upgrade(const std::string& url) {
    client::HandshakeRequest request;
    request.key = client::new_key();
    std::string text = client::encode_request(parts_of(url), request);
    text.resize(text.size() - 2);
    return text;
}

}  // namespace fairlead::support
