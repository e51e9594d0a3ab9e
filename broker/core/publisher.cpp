// SPDX-License-Identifier: Apache-2.0
#include "core/publisher.h"

#include <algorithm>
#include <utility>

#include "wire/channel.h"
#include "wire/limits.h"

namespace fairlead::core {

using wire::Code;
using wire::failure;

namespace {

constexpr std::size_t kOverhead = 64;  // of a publication on its way to one client, about

}  // namespace

void Publisher::publish(Client& client, Publish&& command) {
    if (fanout_.too_high(fanout_.payer_of(client)))
        return refuse(client.key, command.id, failure(Code::overloaded, "too much fan-out: publish less"));
    Verdict verdict = permissions_.client_publishes(clients_.subject_of(client), command.channel);
    if (verdict.ask) return ask_hook(client, std::move(command), verdict.code != 0);
    if (verdict.code != 0) return refuse(client.key, command.id, std::move(verdict));
    finish(client, std::move(command));
}

void Publisher::ask_hook(Client& client, Publish&& command, bool final) {
    std::string data;
    if (!translator_.to_msgpack(command.data.bytes, data)) {
        return refuse(client.key, command.id, failure(Code::bad_request));
    }
    const auto waiting = std::make_shared<Publish>(std::move(command));
    wire::HookQuestion question;
    question.channel = waiting->channel;
    question.data = data;
    gate_.ask(client, wire::Hook::publish, wire::namespace_of(waiting->channel), clients_.caller_of(client),
              question, [this, waiting, final](Client& asker, const HookReply& reply) {
                  if (!reply.lets(final)) return refuse(asker.key, waiting->id, wire::Failure(reply.failure));
                  if (!reply.answer.data.empty() && reply.answer.allow)
                      waiting->data = Payload{Encoding::msgpack, std::string(reply.answer.data)};
                  finish(asker, std::move(*waiting));
              });
}

void Publisher::finish(Client& client, Publish&& command) {
    Publication publication;
    publication.info = subscriptions_.info_of(client, command.channel);
    publication.channel = std::move(command.channel);
    publication.data = std::move(command.data);
    const std::size_t bytes = kOverhead + publication.channel.size() + publication.data.bytes.size();
    const ClientKey key = client.key;
    const std::string payer = fanout_.payer_of(client);
    Reached reached = post(std::move(publication), {});
    fanout_.charge(payer, bytes, reached.clients);
    // The client itself may have been closed, for a stream that was lost; then nobody is there to hear it.
    if (reached.failure.code != 0) return edges_.fail(key, command.id, std::move(reached.failure));
    edges_.post(key.edge, Published{key, command.id});
}

Reached Publisher::publish(Publication&& publication, const Once& once) {
    wire::Failure denied = permissions_.service_publishes(publication.channel);
    if (denied.code == 0 && std::max(once.idempotency.size(), publication.key.size()) > wire::kMaxKeyBytes)
        denied = failure(Code::bad_request, "keys have at most 255 bytes");
    if (denied.code != 0) return refuse(std::move(denied));
    return post(std::move(publication), once);
}

Reached Publisher::post(Publication&& publication, const Once& once) {
    Row row = channels_.find(publication.channel);
    if (row != kNoRow && !has_room(row)) return refuse(failure(Code::overloaded));
    Reached reached;
    const NamespaceOptions* rules = permissions_.rules_of(publication.channel);
    if (rules != nullptr) {
        publication.slow_reader = rules->slow_reader;
        publication.recoverable = rules->history_size > 0 && rules->recovery == RecoveryMode::stream;
    }
    ++accepted_;
    const PublicationPtr shared = kept(std::move(publication), rules, once, reached);
    if (shared && tap_ != nullptr) tap_->published(shared);
    if (!shared || row == kNoRow) return reached;
    if (shared->offset != 0 && !positions_.moves(row, {reached.offset, reached.epoch})) {
        row = channels_.find(shared->channel);
        if (row == kNoRow) return reached;
    }
    const std::span<const std::uint32_t> subscribers = channels_.subscribers(row);
    for (std::size_t edge = 0; edge < subscribers.size(); ++edge) {
        if (subscribers[edge] == 0) continue;
        reached.clients += subscribers[edge];
        edges_.post(static_cast<EdgeIndex>(edge), Deliver{shared, subscribers[edge]});
    }
    copies_ += reached.clients;
    return reached;
}

void Publisher::refuse(const ClientKey& client, std::uint32_t id, wire::Failure&& why) {
    ++refused_;
    edges_.fail(client, id, std::move(why));
}

Reached Publisher::refuse(wire::Failure&& why) {
    ++refused_;
    return Reached{std::move(why), 0, 0, {}};
}

void Publisher::count(Counts& counts) const {
    counts.publications = accepted_;
    counts.refused = refused_;
    counts.copies = copies_;
}

bool Publisher::has_room(Row channel) const {
    const std::span<const std::uint32_t> subscribers = channels_.subscribers(channel);
    for (std::size_t edge = 0; edge < subscribers.size(); ++edge) {
        if (subscribers[edge] > 0 && !edges_.has_room(static_cast<EdgeIndex>(edge))) return false;
    }
    return true;
}

// In its channel's stream, where there is one. Null: it is not to be delivered.
PublicationPtr Publisher::kept(Publication&& publication, const NamespaceOptions* rules, const Once& once,
                               Reached& reached) {
    Retention retention;
    if (rules != nullptr) retention = {rules->history_size, rules->history_age};
    if (retention.size == 0 && !once.any())
        return std::make_shared<const Publication>(std::move(publication));
    if (retention.size > 0) {
        const auto now = clock_.wall().time_since_epoch();
        publication.time = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
    }
    Appended appended = history_.append(std::move(publication), retention, once);
    reached.offset = appended.place.offset;
    reached.epoch = std::move(appended.place.epoch);
    return std::move(appended.publication);
}

}  // namespace fairlead::core
