// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>

#include "config/address.h"
#include "config/check.h"

namespace fairlead::config {
namespace {

using core::Decider;

bool grants(const std::vector<Decider>& deciders, Decider decider) {
    return std::find(deciders.begin(), deciders.end(), decider) != deciders.end();
}

bool is_plain_web_page(const std::string& origin) {
    constexpr std::string_view kHttp = "http://";
    constexpr std::string_view kLocal[] = {"http://localhost", "http://127.0.0.1", "http://[::1]"};
    if (origin.compare(0, kHttp.size(), kHttp) != 0) return false;
    return std::none_of(std::begin(kLocal), std::end(kLocal), [&](std::string_view local) {
        return origin == local || origin.compare(0, local.size() + 1, std::string(local) + ":") == 0;
    });
}

class List {
public:
    void add(bool weak, std::string_view name, std::string_view what) {
        if (weak) problems_.push_back({std::string(name), std::string(what)});
    }
    Problems take() && { return std::move(problems_); }

private:
    Problems problems_;
};

void add_access(List& list, const Config& config) {
    const auto& topics = config.core.topics;
    list.add(config.core.anonymous, "client.anonymous", "clients without a token are let in; write false");
    list.add(config.edge.insecure_token_in_url, "client.insecure_token_in_url",
             "tokens in URLs end up in logs and histories; write false, and send them in the connect command");
    list.add(!config.core.anonymous && !config.takes_tokens(), "token.hs256_secret_file",
             "no client can connect: there is no key for tokens, and client.anonymous is false");
    list.add(std::find(topics.begin(), topics.end(), ">") != topics.end(), "client.topics",
             "\">\" lets clients call every topic of every service; name those that are for clients");
    for (const auto& space : config.core.namespaces) {
        const std::string name = "namespace " + in_quotes(space.name);
        list.add(grants(space.publish, Decider::anyone), name, "every client may publish; write [\"user\"]");
        list.add(space.name == "*" && grants(space.subscribe, Decider::anyone), name,
                 "every client may subscribe to every namespace without a table; name those that are public");
    }
}

void add_tokens(List& list, const Config& config) {
    const bool tokens = config.takes_tokens();
    list.add(tokens && !config.auth.require_exp, "token.require_exp",
             "tokens may be valid for ever; write true");
    list.add(tokens && config.auth.audience.empty(), "token.audience",
             "tokens for other programs with the same key are accepted; write what `aud` must be");
    list.add(!tokens && !(config.auth.audience.empty() && config.auth.issuer.empty()),
             "token.hs256_secret_file", "token.audience and token.issuer have no effect without a key");
    list.add(config.auth.jwks_insecure_http, "token.jwks_insecure_http",
             "keys of tokens may come without TLS, from whoever is on the way; write false");
    list.add(config.auth.leeway > std::chrono::minutes(1), "token.leeway",
             "expired tokens are accepted for more than a minute; keep the clocks together and write 30s");
}

void add_listener(List& list, const Config& config) {
    const auto address = parse_address(config.edge.listen);
    const bool loopback = address.value && address.value->loopback;
    const auto& origins = config.edge.allowed_origins;
    list.add(!loopback && config.edge.tls_certificate_file.empty(), "websocket.listen",
             "clients connect without TLS; set websocket.tls_certificate_file and tls_key_file, or listen on "
             "loopback behind a TLS proxy");
    list.add(loopback && !config.edge.limit_loopback && !config.development, "client.limit_loopback",
             "behind a proxy on this machine no client is limited by its IP address; let the proxy do that");
    list.add(std::any_of(origins.begin(), origins.end(), is_plain_web_page), "websocket.allowed_origins",
             "pages without TLS may connect, and whoever is on their way may change them; write https://");
}

void add_backplane(List& list, const Config& config) {
    const auto& options = config.backplane;
    list.add(options.insecure_no_keys, "backplane.insecure_no_keys",
             "whoever reaches the port is any service; write backplane.secret_key_file and [[service]] tables");
    list.add(options.keyed() && options.services.empty(), "backplane.secret_key_file",
             "no service can join: there is no [[service]] table");
    list.add(!options.previous_listen.empty(), "backplane.previous_listen",
             "the previous key still opens the door; leave it out when all services know the new one");
}

void add_limits(List& list, const Config& config) {
    list.add(config.edge.max_queue_bytes > 16 * 1024 * 1024, "client.max_queue",
             "a few slow readers can hold much memory; write 1 MiB to 16 MiB");
    list.add(config.core.request_deadline > std::chrono::seconds(5), "backplane.request_deadline",
             "client SDKs give up after 5s; write less than 5s");
    list.add(config.log.level == base::LogLevel::debug, "log.level", "debug is for development; write info");
}

}  // namespace

Problems weak_settings(const Config& config) {
    List list;
    add_access(list, config);
    add_tokens(list, config);
    add_listener(list, config);
    add_backplane(list, config);
    add_limits(list, config);
    return std::move(list).take();
}

}  // namespace fairlead::config
