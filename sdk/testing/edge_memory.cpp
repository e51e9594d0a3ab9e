// SPDX-License-Identifier: Apache-2.0
#include "testing/edge_memory.h"

#include <utility>

#include "testing/json.h"
#include "wire/error.h"

namespace fairlead::testing {
namespace {

constexpr std::size_t kEntryCost = 64;      // as edge/outbox.h counts it
constexpr std::size_t kAnswerBytes = 64;    // of a reply without data, about
constexpr std::uint32_t kComesBack = 2500;  // from here on client SDKs subscribe again

Error error_of(const wire::Failure& failure) {
    return Error{failure.code, failure.message, failure.temporary, {}};
}

Error error_of(const Closed& closed) {
    return Error{closed.code, "the client was closed: " + closed.reason, false, {}};
}

}  // namespace

EdgeMemory::EdgeMemory(const edge::Options& options, const base::Clock& clock,
                       std::function<void(core::FromEdge&&)> to_core)
    : options_(options), clock_(clock), to_core_(std::move(to_core)) {}

std::shared_ptr<Guest> EdgeMemory::add() {
    std::lock_guard lock(mutex);
    const core::ClientKey key{0, static_cast<std::uint32_t>(guests_.size()), 1};
    auto guest = std::make_shared<Guest>(key, ClientQueue(options_.max_queue_bytes, options_.max_queue_age));
    guests_.push_back(guest);
    return guest;
}

std::uint32_t EdgeMemory::begin(Guest& guest) {
    std::lock_guard lock(mutex);
    auto& outcome = guest.commands[++guest.last_command];
    if (guest.closed) outcome = error_of(*guest.closed);
    return guest.last_command;
}

Guest* EdgeMemory::find(const core::ClientKey& key) {
    Guest* guest = key.slot < guests_.size() ? guests_[key.slot].get() : nullptr;
    return guest == nullptr || guest->gone ? nullptr : guest;
}

// ---- from core

/// One of core's messages, for one client or for all who are subscribed. The mutex is held.
struct EdgeMemory::Post {
    EdgeMemory& edge;

    void operator()(core::Deliver& message) const { edge.deliver(*message); }
    void operator()(core::Announce&) const {}  // these clients do not ask who joins and leaves

    template <typename Message>
    void operator()(std::unique_ptr<Message>& message) const {
        (*this)(*message);
    }

    template <typename Message>
    void operator()(Message& message) const {
        if (Guest* guest = edge.find(message.client)) on(*guest, message);
    }

    void on(Guest& guest, core::Connected& message) const {
        for (const auto& channel : message.channels)
            guest.subscribed.insert(channel.name);
        edge.give(
            guest, kAnswerBytes,
            [this_edge = &edge, &guest, connected = std::make_shared<core::Connected>(std::move(message))] {
                guest.id = connected->client_id;
                for (const auto& channel : connected->channels)
                    this_edge->enter(guest, channel.name, channel.stream.get(), false);
                this_edge->answer(guest, connected->id, std::string());
            });
    }
    void on(Guest& guest, core::Subscribed& message) const {
        guest.subscribed.insert(message.channel);
        edge.give(
            guest, kAnswerBytes,
            [this_edge = &edge, &guest, subscribed = std::make_shared<core::Subscribed>(std::move(message))] {
                this_edge->enter(guest, subscribed->channel, subscribed->stream.get(), true);
                this_edge->answer(guest, subscribed->id, std::string());
            });
    }
    void on(Guest& guest, core::Joined& message) const {
        guest.subscribed.insert(message.channel);
        edge.give(guest, kAnswerBytes,
                  [this_edge = &edge, &guest, joined = std::make_shared<core::Joined>(std::move(message))] {
                      this_edge->enter(guest, joined->channel, joined->stream.get(), false);
                  });
    }
    void on(Guest& guest, core::Unsubscribed& message) const {
        end(guest, message.channel);
        edge.give(guest, kAnswerBytes,
                  [this_edge = &edge, &guest, channel = message.channel, id = message.id] {
                      guest.places.erase(channel);
                      this_edge->answer(guest, id, std::string());
                  });
    }
    void on(Guest& guest, core::Dropped& message) const {
        end(guest, message.channel);
        edge.give(guest, kAnswerBytes,
                  [this_edge = &edge, &guest, channel = message.channel, code = message.code] {
                      this_edge->dropped(guest, channel, code);
                  });
    }
    void on(Guest& guest, core::Published& message) const { answer(guest, message.id, std::string()); }
    void on(Guest& guest, core::Answered& message) const {
        const std::optional<std::string> json = to_json(message.payload);
        const std::optional<std::string> back = json ? to_msgpack(*json) : json;
        if (back) return answer(guest, message.id, *back, json->size());
        answer(guest, message.id, fail("internal", "the reply has no JSON form"));
    }
    void on(Guest& guest, core::Failed& message) const {
        answer(guest, message.id, error_of(message.failure));
    }
    void on(Guest& guest, core::Message& message) const {
        std::string scratch;
        const std::string json(message.data.encoding == core::Encoding::json
                                   ? message.data.bytes
                                   : to_json(message.data.bytes).value_or(std::string()));
        Value value = value_of_msgpack(to_msgpack(json).value_or(std::string()));
        edge.give(guest, json.size(),
                  [&guest, value = std::move(value)] { guest.messages.push_back(value); });
    }
    void on(Guest& guest, core::CloseClient& message) const {
        edge.close(guest, message.code, message.reason);
    }

    // What these clients never ask for: refreshing, presence, history.
    template <typename Message>
    void on(Guest&, Message&) const {}

    void end(Guest& guest, const std::string& channel) const {
        guest.subscribed.erase(channel);
        guest.queue.withdraw(channel);
    }
    void answer(Guest& guest, std::uint32_t id, Result<std::string> outcome, std::size_t bytes = 0) const {
        edge.give(guest, kAnswerBytes + bytes, [this_edge = &edge, &guest, id, outcome = std::move(outcome)] {
            this_edge->answer(guest, id, outcome);
        });
    }
};

void EdgeMemory::post(core::ToEdge&& message) {
    std::lock_guard lock(mutex);
    std::visit(Post{*this}, message);
    changed.notify_all();
}

void EdgeMemory::deliver(const core::Publication& publication) {
    const std::optional<Encoded> ready = encoded(publication);
    if (!ready) return;
    for (const auto& each : guests_) {
        Guest& guest = *each;
        if (guest.gone || guest.subscribed.count(publication.channel) == 0) continue;
        Delivery delivery{ready->bytes + kEntryCost,
                          [this, &guest, copy = ready->publication] { take(guest, Publication(copy)); },
                          publication.channel,
                          publication.key,
                          publication.slow_reader,
                          publication.recoverable,
                          {}};
        give(guest, std::move(delivery));
    }
}

void EdgeMemory::give(Guest& guest, std::size_t text_bytes, Arrive arrive) {
    give(guest, Delivery{frame_bytes(text_bytes) + kEntryCost, std::move(arrive)});
}

void EdgeMemory::give(Guest& guest, Delivery&& delivery) {
    if (guest.reads) return delivery.arrive();
    const core::SlowReader policy = delivery.policy;
    const std::string channel = delivery.channel;
    const std::uint64_t dropped = guest.queue.dropped();
    const ClientQueue::Fate fate = guest.queue.push(std::move(delivery), clock_.now());
    const bool closes = fate == ClientQueue::Fate::close;
    if ((closes || guest.queue.dropped() != dropped) && !std::exchange(guest.told, true)) {
        to_core_(core::Lagged{guest.key, channel, closes ? core::SlowReader::disconnect : policy,
                              guest.queue.bytes(), guest.queue.age(clock_.now()), guest.queue.dropped()});
    }
    if (closes) close(guest, static_cast<std::uint32_t>(wire::Close::slow), "slow");
}

void EdgeMemory::close(Guest& guest, std::uint32_t code, const std::string& reason) {
    guest.gone = true;
    guest.queue.clear();
    guest.subscribed.clear();
    guest.places.clear();
    guest.closed = Closed{code, reason};
    for (auto& [id, outcome] : guest.commands) {
        if (!outcome) outcome = error_of(*guest.closed);
    }
    to_core_(core::Disconnected{guest.key, static_cast<std::uint16_t>(code), reason});
    changed.notify_all();
}

// ---- from the test

void EdgeMemory::stop_reading(Guest& guest) {
    std::lock_guard lock(mutex);
    guest.reads = false;
}

void EdgeMemory::read_again(Guest& guest) {
    std::lock_guard lock(mutex);
    guest.reads = true;
    guest.told = false;
    for (Delivery& delivery : guest.queue.take())
        delivery.arrive();
    for (const std::string& channel : guest.queue.take_gaps()) {
        core::Lagged lagged{guest.key, channel};
        lagged.recover = true;
        to_core_(std::move(lagged));
    }
    changed.notify_all();
}

void EdgeMemory::leave(Guest& guest) {
    std::lock_guard lock(mutex);
    if (!guest.gone) close(guest, static_cast<std::uint32_t>(wire::Close::normal), "it left");
}

// ---- the client

void EdgeMemory::answer(Guest& guest, std::uint32_t id, Result<std::string> outcome) {
    if (const auto found = guest.commands.find(id); found != guest.commands.end())
        found->second = std::move(outcome);
}

void EdgeMemory::enter(Guest& guest, const std::string& channel, const core::StreamState* stream, bool own) {
    Guest::Place& place = guest.places[channel];
    place.own = own;
    if (stream == nullptr) return;
    place.recoverable = stream->recoverable;
    place.offset = stream->position.offset;
    place.epoch = stream->position.epoch;
    for (const core::PublicationPtr& missed : stream->publications) {
        if (std::optional<Encoded> ready = encoded(*missed)) take(guest, std::move(ready->publication));
    }
}

void EdgeMemory::take(Guest& guest, Publication&& publication) {
    const auto place = guest.places.find(publication.channel);
    if (place != guest.places.end() && publication.offset != 0) place->second.offset = publication.offset;
    guest.publications.push_back(std::move(publication));
}

void EdgeMemory::dropped(Guest& guest, const std::string& channel, std::uint32_t code) {
    const auto found = guest.places.find(channel);
    if (found == guest.places.end()) return;
    const Guest::Place place = std::move(found->second);
    guest.places.erase(found);
    if (code < kComesBack || !place.own) return;
    core::Subscribe again{guest.key, ++guest.last_command, channel};
    if (place.recoverable) again.recover = core::Missed{place.offset, place.epoch};
    to_core_(std::move(again));
}

}  // namespace fairlead::testing
