// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <fairlead/testing.h>

#include "testing/bench.h"
#include "testing/json.h"

namespace fairlead::testing {
namespace {

std::optional<core::Claims> claims_of(const Credentials& credentials) {
    const bool none = credentials.user.empty() && credentials.session.empty() && credentials.info.is_null() &&
                      credentials.meta.is_null() && credentials.labels.empty();
    if (none) return std::nullopt;
    core::Claims claims;
    claims.user = credentials.user;
    claims.session = credentials.session;
    claims.info = json_text(credentials.info);
    claims.meta = json_text(credentials.meta);
    claims.labels = credentials.labels;
    return claims;
}

template <typename T>
std::vector<T> all_of(const Record& record, const std::map<std::string, Record::Kept<T>, std::less<>>& kept,
                      std::string_view name) {
    std::lock_guard lock(record.mutex);
    const auto found = kept.find(name);
    return found == kept.end() ? std::vector<T>() : found->second.all;
}

template <typename T>
T next_of(Bench& bench, std::map<std::string, Record::Kept<T>, std::less<>>& all, std::string_view name,
          const std::string& what) {
    std::unique_lock lock(bench.record().mutex);
    Record::Kept<T>& kept = all[std::string(name)];
    bench.wait(
        lock, bench.record().changed, [&] { return kept.given < kept.all.size(); },
        [&] {
            return "no " + what + " " + std::string(name) + " came beside the " + std::to_string(kept.given) +
                   " before";
        });
    return kept.all[kept.given++];
}

}  // namespace

Broker::Broker() : bench_(std::make_shared<Bench>(std::nullopt)) {}

Broker::Broker(std::string_view rules) : bench_(std::make_shared<Bench>(std::string(rules))) {}

Broker::~Broker() {
    bench_->stop();
}

ServiceOptions Broker::options() {
    return bench_->options();
}

void Broker::wait_ready(Service& service) {
    const Result<void> ready = service.ready(bench_->patience());
    if (!ready.ok()) throw Failure("service " + service.name() + " is not ready: " + ready.error().text());
    bench_->settle(false);
}

Client Broker::as(std::string_view user) {
    Credentials credentials;
    credentials.user = user;
    Result<Client> client = connect(credentials);
    if (!client.ok())
        throw Failure("user `" + credentials.user + "` is not let in: " + client.error().text());
    return client.value();
}

Result<Client> Broker::connect(const Credentials& credentials) {
    auto connect = std::make_unique<core::Connect>();
    connect->claims = claims_of(credentials);
    connect->address = credentials.address;
    if (!credentials.meta.is_null()) connect->meta = encode(credentials.meta);
    connect->data.bytes = json_text(credentials.data);
    connect->name = "fairlead::testing";
    const std::shared_ptr<Guest> guest = bench_->edge().add();
    connect->client = guest->key;
    connect->id = bench_->edge().begin(*guest);
    const Sent sent(bench_, guest, connect->id);
    bench_->post(core::FromEdge(std::move(connect)));
    Result<std::string> outcome = sent.wait();
    if (!outcome.ok()) return outcome.error();
    return Client(bench_, guest);
}

void Broker::emit_payload(std::string_view topic, std::string payload) {
    core::Event event;
    event.topic = topic;
    core::Caller caller;
    caller.service = "testing";
    event.caller = std::make_shared<const core::Caller>(std::move(caller));
    event.payload = std::move(payload);
    bench_->emit(std::move(event));
}

std::vector<Event> Broker::events(std::string_view topic) const {
    bench_->settle(false);
    return all_of(bench_->record(), bench_->record().events, topic);
}

Event Broker::next_event(std::string_view topic) {
    return next_of(*bench_, bench_->record().events, topic, "event");
}

std::vector<Publication> Broker::publications(std::string_view channel) const {
    bench_->settle(false);
    return all_of(bench_->record(), bench_->record().publications, channel);
}

Publication Broker::next_publication(std::string_view channel) {
    return next_of(*bench_, bench_->record().publications, channel, "publication in");
}

void Broker::advance(std::chrono::milliseconds time) {
    bench_->advance(time);
}

void Broker::settle() {
    bench_->settle(true);
}

void Broker::patience(std::chrono::milliseconds time) {
    bench_->patience(time);
}

std::vector<std::string> Broker::log() const {
    std::lock_guard lock(bench_->record().mutex);
    return bench_->record().lines;
}

// ---- faults

void Broker::cut(const Service& service) {
    bench_->at_seat(service, [](Switchboard& board, Seat& seat) { board.unplug(seat); });
}

void Broker::kill(const Service& service) {
    bench_->at_seat(service, [](Switchboard& board, Seat& seat) {
        seat.killed = true;
        board.unplug(seat);
    });
}

void Broker::restore(const Service& service) {
    bench_->at_seat(service, [](Switchboard&, Seat& seat) { seat.unplugged = false; });
}

void Broker::delay_replies(const Service& service) {
    bench_->at_seat(service, [](Switchboard&, Seat& seat) { seat.holds_outcomes = true; });
}

void Broker::release_replies(const Service& service) {
    bench_->at_seat(service, [](Switchboard& board, Seat& seat) { board.release_outcomes(seat); });
}

void Broker::duplicate_next_frame(const Service& service) {
    bench_->at_seat(service, [](Switchboard&, Seat& seat) { ++seat.duplicates; });
}

}  // namespace fairlead::testing
