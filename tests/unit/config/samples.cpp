// SPDX-License-Identifier: Apache-2.0
#include "unit/config/samples.h"

#include <map>
#include <stdexcept>

#include "config/value.h"

namespace fairlead::config::test {
namespace {

using List = std::vector<std::string>;

const std::map<std::string, Value> kSamples{
    {"websocket.listen", std::string("[::1]:9000")},
    {"websocket.path", std::string("/ws")},
    {"websocket.tls_certificate_file", std::string("/etc/fairlead/server.pem")},
    {"websocket.tls_key_file", std::string("/etc/fairlead/server.key")},
    {"websocket.tls_client_ca_file", std::string("/etc/fairlead/clients.pem")},
    {"websocket.allowed_origins", List{"https://a.example", "http://localhost:*"}},
    {"websocket.trusted_proxies", List{"10.0.0.0/8", "2001:db8::1"}},
    {"websocket.proxy_protocol_from", List{"192.0.2.1"}},
    {"client.topics", List{"orders.*", "chat.>"}},
    {"client.send_topic", std::string("chat.sent")},
    {"token.hs256_secret_file", std::string("/etc/fairlead/token.secret")},
    {"token.previous_hs256_secret_files", List{"/etc/fairlead/a.secret", "/etc/fairlead/b.secret"}},
    {"token.hs384_secret_file", std::string("/etc/fairlead/384.secret")},
    {"token.hs512_secret_file", std::string("/etc/fairlead/512.secret")},
    {"token.jwks_file", std::string("/etc/fairlead/keys.json")},
    {"token.jwks_url", std::string("https://login.example/keys?v=1")},
    {"token.jwks_ca_file", std::string("/etc/fairlead/ca.pem")},
    {"token.audience", std::string("say \"shop\" \\ \u00e4")},
    {"token.issuer", std::string("https://login.example")},
    {"backplane.secret_key_file", std::string("/etc/fairlead/broker.key")},
    {"backplane.previous_secret_key_file", std::string("/etc/fairlead/old.key")},
    {"backplane.previous_listen", List{"tcp://127.0.0.1:7002"}},
    {"backplane.listen", List{"tcp://127.0.0.1:7001", "ipc:///run/fairlead/backplane"}},
};

Value other_number(const Row& row, std::int64_t standard) {
    const auto next = standard + row.step;
    return next <= row.maximum && next >= row.minimum ? next : row.minimum;
}

Value other_choice(const Row& row, const std::string& standard) {
    for (const auto& word : choices_of(row)) {
        if (word != standard) return word;
    }
    throw std::logic_error("one choice only");
}

}  // namespace

Value sample_of(const Row& row) {
    const Value standard = standard_of(row);
    if (const auto* flag = std::get_if<bool>(&standard)) return !*flag;
    if (const auto* number = std::get_if<std::int64_t>(&standard)) return other_number(row, *number);
    if (row.kind == Kind::choice) return other_choice(row, std::get<std::string>(standard));
    return kSamples.at(name_of(row));
}

std::string untyped(const Row& row, const Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    if (const auto* list = std::get_if<List>(&value)) {
        std::string joined;
        for (const auto& item : *list)
            joined += (joined.empty() ? "" : ",") + item;
        return joined;
    }
    std::string text = format_value(row, value);
    return text.front() == '"' ? text.substr(1, text.size() - 2) : text;
}

}  // namespace fairlead::config::test
