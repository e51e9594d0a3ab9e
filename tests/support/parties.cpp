// SPDX-License-Identifier: Apache-2.0
#include "support/parties.h"

#include <stdexcept>

namespace fairlead::support {

using client::JsonValue;
using client::member;
using client::to_text;

std::vector<std::string> with_threads(int threads, const std::vector<std::string>& more) {
    std::vector<std::string> options{"--set", "websocket.threads=" + std::to_string(threads)};
    for (const auto& option : more) {
        options.push_back("--set");
        options.push_back(option);
    }
    return options;
}

ServiceOptions behind(const Broker& broker, Inbox<std::string>* log) {
    ServiceOptions options;
    options.brokers = {broker.backplane_address()};
    options.log = [log](LogLevel, std::string_view line) {
        if (log != nullptr) log->put(std::string(line));
    };
    return options;
}

void join(Service& service) {
    service.start();
    const auto taken = service.ready(kPatience);
    if (!taken) throw std::runtime_error{service.name() + " was not taken: " + taken.error().text()};
}

client::Client enter(const Broker& broker, client::ClientOptions options) {
    options.timeout = kPatience;
    auto client = client::Client::connect(broker.websocket_url(), options);
    if (!client) throw std::runtime_error{"no client: " + client.error().text};
    return std::move(*client);
}

Outcome outcome_of(const client::Result<client::Reply>& reply) {
    if (!reply) return {-1, reply.error().text, false, {}};
    const auto error = reply->error();
    Outcome outcome{error.code, error.message, error.temporary, {}};
    for (const auto& entry : reply->json().GetObject()) {
        const JsonValue* data = member(entry.value, "data");
        if (data != nullptr) outcome.data = to_text(*data);
    }
    return outcome;
}

Outcome ask(client::Client& client, std::string_view topic, std::string_view data) {
    return outcome_of(client.rpc(topic, data));
}

std::uint32_t begin_asking(client::Client& client, std::string_view topic, std::string_view data) {
    const auto id = client.begin(
        "rpc", R"({"method":)" + client::quoted(topic) + R"(,"data":)" + std::string(data) + "}");
    if (!id) throw std::runtime_error{"the request was not sent: " + id.error().text};
    return *id;
}

Outcome hear(client::Client& client, std::uint32_t id) {
    return outcome_of(client.finish(id));
}

void subscribe(client::Client& client, std::string_view channel) {
    const auto outcome = outcome_of(client.subscribe(channel));
    if (outcome.code != 0) throw std::runtime_error{"not subscribed: " + outcome.message};
}

Heard next(client::Client& client) {
    const auto push = client.next_push(kPatience);
    if (!push) return {{}, {}, push.error().text};
    Heard heard{push->channel(), {}, push->text()};
    if (const JsonValue* publication = push->publication()) {
        if (const JsonValue* data = member(*publication, "data")) heard.data = to_text(*data);
    }
    return heard;
}

std::string port_of(const std::string& address) {
    const auto begin = address.find_last_of(':') + 1;
    return address.substr(begin, address.find_first_of('/', begin) - begin);
}

}  // namespace fairlead::support
