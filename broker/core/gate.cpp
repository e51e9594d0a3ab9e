// SPDX-License-Identifier: Apache-2.0
#include "core/gate.h"

#include <utility>

namespace fairlead::core {
namespace {

/// Between the question and its id.
constexpr QuestionId kAboutToAsk = 0xffffffff;

std::size_t bytes_of(const SubscriptionClaims& claims) {
    return sizeof claims + claims.user.size() + claims.channel.size() + claims.info.size() + claims.token_id.size();
}
std::size_t bytes_of(const Claims& claims) {
    std::size_t bytes = sizeof claims + claims.user.size() + claims.info.size() + claims.meta.size();
    for (const auto* list : {&claims.channels, &claims.labels}) {
        for (const std::string& each : *list)
            bytes += sizeof each + each.size();
    }
    for (const auto& [name, text] : claims.texts)
        bytes += sizeof name + sizeof text + name.size() + text.size();
    return bytes;
}

// What a command holds beside its own size.
std::size_t payload_bytes(const std::unique_ptr<Connect>&) {
    return 0;
}
std::size_t payload_bytes(const Disconnected&) {
    return 0;
}
std::size_t payload_bytes(const Subscribe& command) {
    const std::size_t token = command.token ? bytes_of(*command.token) : 0;
    return command.channel.size() + command.data.bytes.size() + token;
}
std::size_t payload_bytes(const Unsubscribe& command) {
    return command.channel.size();
}
std::size_t payload_bytes(const Publish& command) {
    return command.channel.size() + command.data.bytes.size();
}
std::size_t payload_bytes(const Call& command) {
    return command.topic.size() + command.payload.size();
}
std::size_t payload_bytes(const Send& command) {
    return command.payload.size();
}
std::size_t payload_bytes(const Refresh& command) {
    return bytes_of(*command.claims) + command.meta.size();
}
std::size_t payload_bytes(const SubRefresh& command) {
    return bytes_of(*command.token) + command.channel.size();
}
std::size_t payload_bytes(const Query& command) {
    return command.channel.size();
}
std::size_t payload_bytes(const Lagged& command) {
    return command.channel.size();
}

std::size_t bytes_of(const FromEdge& command) {
    return sizeof(FromEdge) + std::visit([](const auto& each) { return payload_bytes(each); }, command);
}

std::uint32_t id_of(const FromEdge& command) {
    return std::visit(
        [](const auto& each) -> std::uint32_t {
            if constexpr (requires { each.id; }) {
                return each.id;
            } else {
                return 0;
            }
        },
        command);
}

}  // namespace

void Gate::ask(Client& client, wire::Hook hook, std::string_view space, CallerPtr caller,
               const wire::HookQuestion& question, Then then) {
    const ClientKey key = client.key;
    client.question = kAboutToAsk;
    const QuestionId id =
        hooks_.ask(hook, space, std::move(caller), question,
                   [this, key, then = std::move(then)](const HookReply& reply) { go_on(key, then, reply); });
    if (id == 0) return;
    Client* asker = clients_.find(key);
    if (asker == nullptr) return hooks_.cancel(id);
    asker->question = id;
}

void Gate::go_on(const ClientKey& key, const Then& then, const HookReply& reply) {
    Client* client = clients_.find(key);
    if (client == nullptr) return;
    client->question = 0;
    then(*client, reply);
    empty(key);
}

// One command after the other until one must wait again, or the client goes.
void Gate::empty(const ClientKey& key) {
    for (Client* client = clients_.find(key); client != nullptr && !waits(*client); client = clients_.find(key)) {
        const Row row = clients_.row_of(*client);
        const auto found = backlogs_.find(row);
        if (found == backlogs_.end() || found->second.emptying) return;
        Backlog& backlog = found->second;
        if (backlog.commands.empty()) {
            backlogs_.erase(found);
            return;
        }
        FromEdge command = std::move(backlog.commands.front());
        backlog.commands.pop_front();
        backlog.bytes -= bytes_of(command);
        backlog.emptying = true;
        handle_(std::move(command));
        // The client may have gone with it, and another may have its row.
        Client* same = clients_.find(key);
        if (same == nullptr) return;
        if (const auto still = backlogs_.find(row); still != backlogs_.end()) still->second.emptying = false;
    }
}

void Gate::hold(Client& client, FromEdge&& command) {
    Backlog& backlog = backlogs_[clients_.row_of(client)];
    const std::size_t bytes = bytes_of(command);
    const bool first = backlog.commands.empty();
    const bool full = backlog.commands.size() >= options_.queue_commands ||
                      (!first && backlog.bytes + bytes > options_.queue_bytes);
    if (full) {
        // A command without id has no answer that could say so.
        if (const std::uint32_t id = id_of(command); id != 0)
            edges_.fail(client.key, id, wire::failure(wire::Code::overloaded));
        return;
    }
    backlog.bytes += bytes;
    backlog.commands.push_back(std::move(command));
}

void Gate::forget(Client& client) {
    if (client.question != 0 && client.question != kAboutToAsk) hooks_.cancel(client.question);
    client.question = 0;
    backlogs_.erase(clients_.row_of(client));
}

}  // namespace fairlead::core
