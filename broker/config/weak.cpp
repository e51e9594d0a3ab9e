// SPDX-License-Identifier: Apache-2.0
#include "config/weak.h"

#include <algorithm>

#include "config/address.h"
#include "config/check.h"
#include "config/insecure.h"
#include "config/names.h"

namespace fairlead::config {
namespace {

using Texts = std::vector<std::string>;

bool is_plain_web_page(const std::string& origin) {
    constexpr std::string_view kHttp = "http://";
    constexpr std::string_view kLocal[] = {"http://localhost", "http://127.0.0.1", "http://[::1]"};
    if (origin.compare(0, kHttp.size(), kHttp) != 0) return false;
    return std::none_of(std::begin(kLocal), std::end(kLocal), [&](std::string_view local) {
        return origin == local || origin.compare(0, local.size() + 1, std::string(local) + ":") == 0;
    });
}

void add_access(WeakList& list, const Config& config) {
    const auto& topics = config.core.topics;
    list.add(config.core.anonymous, "client.anonymous", "clients without a token are let in; write false");
    list.add(
        config.edge.insecure_token_in_url, "client.insecure_token_in_url",
        "tokens in URLs end up in logs and histories; write false, and send them in the connect command");
    list.add(!config.core.anonymous && !config.takes_tokens(), "token.hs256_secret_file",
             "no client can connect without a key for tokens; write the path of a secret, or another key");
    list.add(std::any_of(topics.begin(), topics.end(), names_everything), "client.topics",
             "clients may call every topic of every service; name those that are for clients");
}

void add_tokens(WeakList& list, const Config& config) {
    const auto& options = config.auth;
    const bool tokens = config.takes_tokens();
    const bool key_set = !config.secret_files.jwks.empty() || !options.jwks_url.empty();
    list.add(tokens && !options.require_exp, "token.require_exp", "tokens may be valid for ever; write true");
    list.add(tokens && options.audience.empty(), "token.audience",
             "tokens for other programs with the same key are accepted; write what `aud` must be");
    list.add(key_set && options.issuer.empty(), "token.issuer",
             "tokens are accepted from all that the key set's owner signs for; write what `iss` must be");
    list.add(!tokens && !(options.audience.empty() && options.issuer.empty()), "token.hs256_secret_file",
             "token.audience and token.issuer have no effect without a key; write one, or leave them out");
    list.add(!config.secret_files.previous_hs256.empty(), "token.previous_hs256_secret_files",
             "tokens of older secrets are accepted; leave it out when the last of them has expired");
    list.add(options.jwks_insecure_http, "token.jwks_insecure_http",
             "keys of tokens may come without TLS, from whoever is on the way; write false");
}

void add_proxies(WeakList& list, const Texts& networks, std::string_view name, const std::string& what) {
    list.add(std::any_of(networks.begin(), networks.end(), is_wide_network), std::string(name),
             what + "; write the proxies' own addresses");
}

void add_listener(WeakList& list, const Config& config) {
    const auto& edge = config.edge;
    const auto address = parse_address(edge.listen);
    const bool loopback = address.value && address.value->loopback;
    const bool proxies = !edge.trusted_proxies.empty() || !edge.proxy_protocol_from.empty();
    list.add(!loopback && edge.tls_certificate_file.empty(), "websocket.listen",
             "clients connect without TLS; set websocket.tls_certificate_file and tls_key_file, or listen on "
             "loopback behind a TLS proxy");
    list.add(loopback && !proxies && !edge.limit_loopback && !config.development, "client.limit_loopback",
             "behind a proxy on this machine no client is limited by its IP address; name it in "
             "websocket.trusted_proxies, or let it do that");
    list.add(std::any_of(edge.allowed_origins.begin(), edge.allowed_origins.end(), is_plain_web_page),
             "websocket.allowed_origins",
             "pages without TLS may connect, and whoever is on their way may change them; write https://");
    add_proxies(list, edge.trusted_proxies, "websocket.trusted_proxies",
                "almost everybody may say by X-Forwarded-For where he comes from");
    add_proxies(list, edge.proxy_protocol_from, "websocket.proxy_protocol_from",
                "almost everybody may say by the PROXY protocol where he comes from");
}

void add_backplane(WeakList& list, const Config& config) {
    const auto& options = config.backplane;
    list.add(
        options.insecure_no_keys, "backplane.insecure_no_keys",
        "whoever reaches the port is any service; write backplane.secret_key_file and [[service]] tables");
    list.add(options.keyed() && options.services.empty(), "backplane.secret_key_file",
             "no service can join; write a [[service]] table for each");
    list.add(!options.previous_listen.empty(), "backplane.previous_listen",
             "the previous key still opens the door; leave it out when all services know the new one");
}

void add_confirmations(WeakList& list, const Config& config) {
    for (const Row* row : insecure_switches()) {
        list.add(is_confirmed(config, *row) && !is_on(config, *row), name_of(*row) + "_confirmed",
                 "nothing is left to ask on the day when " + name_of(*row) + " is set; write false");
    }
}

}  // namespace

Problems weak_settings(const Config& config) {
    WeakList list;
    add_access(list, config);
    add_tokens(list, config);
    add_listener(list, config);
    add_backplane(list, config);
    add_confirmations(list, config);
    add_weak_tables(list, config);
    add_weak_limits(list, config);
    return std::move(list).take();
}

Problems insecure_settings(const Config& config) {
    Problems insecure;
    for (auto& weak : weak_settings(config)) {
        const auto switches = insecure_switches();
        if (std::any_of(switches.begin(), switches.end(),
                        [&](const Row* row) { return name_of(*row) == weak.where; }))
            insecure.push_back(std::move(weak));
    }
    return insecure;
}

}  // namespace fairlead::config
