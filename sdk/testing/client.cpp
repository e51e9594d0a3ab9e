// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include <fairlead/testing.h>

#include "testing/bench.h"
#include "testing/json.h"

namespace fairlead::testing {
namespace {

Error no_json() {
    return fail("bad_request", "this has no JSON form, so that no client can send it");
}

/// What a service gets of it when a client sends it.
Result<std::string> through_json(std::string_view payload) {
    const std::optional<std::string> json = to_json(payload);
    std::optional<std::string> back = json ? to_msgpack(*json) : json;
    if (!back) return no_json();
    return std::move(*back);
}

/// A command with its number in it.
template <typename Command>
Sent send(const std::shared_ptr<Bench>& bench, const std::shared_ptr<Guest>& guest, Command&& command) {
    const Sent sent(bench, guest, command.id);
    bench->post(core::FromEdge(std::move(command)));
    return sent;
}

}  // namespace

// ---- commands

bool Sent::done() const {
    bench_->settle(false);
    std::lock_guard lock(bench_->edge().mutex);
    return guest_->commands.at(id_).has_value();
}

Result<std::string> Sent::wait() const {
    std::unique_lock lock(bench_->edge().mutex);
    const auto& outcome = guest_->commands.at(id_);
    bench_->wait(
        lock, bench_->edge().changed, [&] { return outcome.has_value(); },
        [&] {
            return "no outcome came for a command of client " + guest_->id +
                   (guest_->reads ? "" : ", which has stopped reading");
        });
    return *outcome;
}

Sent Client::send_call(std::string_view topic, std::string payload) {
    core::Call call;
    call.client = guest_->key;
    call.id = bench_->edge().begin(*guest_);
    call.topic = topic;
    Result<std::string> ready = through_json(payload);
    if (!ready.ok()) {
        std::lock_guard lock(bench_->edge().mutex);
        guest_->commands.at(call.id) = ready.error();
        return Sent(bench_, guest_, call.id);
    }
    call.payload = std::move(ready.value());
    return send(bench_, guest_, std::move(call));
}

Result<std::string> Client::call_json(std::string_view topic, std::string_view json) {
    std::optional<std::string> payload = to_msgpack(json);
    if (!payload) return fail("bad_request", "this is not JSON that the broker takes");
    Result<std::string> outcome = send_call(topic, std::move(*payload)).wait();
    if (!outcome.ok()) return outcome;
    return to_json(outcome.value()).value_or(std::string());
}

Result<void> Client::subscribe(std::string_view channel) {
    core::Subscribe subscribe{guest_->key, bench_->edge().begin(*guest_), std::string(channel)};
    return Pending<void>(send(bench_, guest_, std::move(subscribe))).wait();
}

Result<void> Client::unsubscribe(std::string_view channel) {
    core::Unsubscribe unsubscribe{guest_->key, bench_->edge().begin(*guest_), std::string(channel)};
    return Pending<void>(send(bench_, guest_, std::move(unsubscribe))).wait();
}

Result<void> Client::send_publish(std::string_view channel, std::string payload) {
    std::optional<std::string> json = to_json(payload);
    if (!json) return no_json();
    core::Publish publish{guest_->key, bench_->edge().begin(*guest_), std::string(channel),
                          core::Payload{core::Encoding::json, std::move(*json)}};
    return Pending<void>(send(bench_, guest_, std::move(publish))).wait();
}

// ---- what it got

std::string Client::id() const {
    std::lock_guard lock(bench_->edge().mutex);
    return guest_->id;
}

bool Client::is_subscribed(std::string_view channel) const {
    bench_->settle(false);
    std::lock_guard lock(bench_->edge().mutex);
    return guest_->places.find(channel) != guest_->places.end();
}

Publication Client::next_publication(std::string_view channel) {
    std::unique_lock lock(bench_->edge().mutex);
    std::size_t& given = guest_->given[std::string(channel)];
    const Publication* next = nullptr;
    const auto find = [&] {
        std::size_t before = given;
        for (const Publication& each : guest_->publications) {
            if (each.channel != channel || before-- > 0) continue;
            next = &each;
            return true;
        }
        return false;
    };
    bench_->wait(lock, bench_->edge().changed, find, [&] {
        return "no publication came in " + std::string(channel) + " beside the " + std::to_string(given) +
               " before for client " + guest_->id +
               (guest_->places.find(channel) == guest_->places.end() ? ", which is not subscribed" : "");
    });
    ++given;
    return *next;
}

std::vector<Publication> Client::publications() const {
    bench_->settle(false);
    std::lock_guard lock(bench_->edge().mutex);
    return guest_->publications;
}

std::vector<Publication> Client::publications(std::string_view channel) const {
    std::vector<Publication> some = publications();
    some.erase(
        std::remove_if(some.begin(), some.end(), [&](const auto& each) { return each.channel != channel; }),
        some.end());
    return some;
}

Value Client::next_message() {
    std::unique_lock lock(bench_->edge().mutex);
    bench_->wait(
        lock, bench_->edge().changed, [&] { return guest_->messages_given < guest_->messages.size(); },
        [&] { return "no message came to client " + guest_->id; });
    return guest_->messages[guest_->messages_given++];
}

std::vector<Value> Client::messages() const {
    bench_->settle(false);
    std::lock_guard lock(bench_->edge().mutex);
    return guest_->messages;
}

void Client::stop_reading() {
    bench_->edge().stop_reading(*guest_);
}

void Client::read_again() {
    bench_->edge().read_again(*guest_);
}

void Client::close() {
    bench_->edge().leave(*guest_);
}

bool Client::is_closed() const {
    bench_->settle(false);
    std::lock_guard lock(bench_->edge().mutex);
    return guest_->closed.has_value();
}

Closed Client::wait_closed() {
    std::unique_lock lock(bench_->edge().mutex);
    bench_->wait(
        lock, bench_->edge().changed, [&] { return guest_->closed.has_value(); },
        [&] { return "nobody closed client " + guest_->id; });
    return *guest_->closed;
}

}  // namespace fairlead::testing
