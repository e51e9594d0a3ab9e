// SPDX-License-Identifier: Apache-2.0
#include "testing/switchboard.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace fairlead::testing {
namespace {

std::string_view view_of(const zmq::message_t& part) {
    return {static_cast<const char*>(part.data()), part.size()};
}

zmq::message_t copy_of(const zmq::message_t& part) {
    return zmq::message_t(part.data(), part.size());
}

bool is_outcome(const wire::Frame& frame) {
    return std::holds_alternative<wire::Reply>(frame) || std::holds_alternative<wire::Error>(frame) ||
           std::holds_alternative<wire::Returned>(frame);
}

/// Its input is read, and it has seen the time.
bool rests(const Seat& seat, std::uint64_t moved) {
    if (!seat.waiting) return false;
    if (!seat.left_at && seat.saw != moved) return false;
    // Its thread may not have woken up for what has come. While it waits its descriptors are open, and the
    // mutex keeps it waiting.
    std::vector<pollfd> descriptors = seat.descriptors;
    return ::poll(descriptors.data(), descriptors.size(), 0) == 0;
}

std::string name_of(const Seat& seat) {
    return seat.service.empty() ? "a service that has not greeted" : "service " + seat.service;
}

}  // namespace

std::string Switchboard::busy(bool handlers) const {
    std::string who;
    const auto add = [&who](const std::string& name) { who += (who.empty() ? "" : ", ") + name; };
    // Handlers first: what one that has just finished gave to its I/O thread is there to be found.
    for (const auto& seat : seats_) {
        if (handlers && !seat->idle()) add("handlers of " + name_of(*seat));
    }
    for (const auto& seat : seats_) {
        if (!rests(*seat, moved_)) add("the I/O thread of " + name_of(*seat));
    }
    if (!broker_waits || broker_saw != moved_ || message_waits()) add("the broker");
    return who;
}

Seat* Switchboard::find(std::string_view instance) {
    for (const auto& seat : seats_) {
        if (seat->instance == instance) return seat.get();
    }
    return nullptr;
}

void Switchboard::unplug(Seat& seat) {
    seat.unplugged = true;
    seat.held.clear();
    if (seat.cable) end(*seat.cable);
}

void Switchboard::release_outcomes(Seat& seat) {
    seat.holds_outcomes = false;
    Message pairs = std::exchange(seat.held, {});
    if (seat.cable && !seat.cable->ended && !pairs.empty()) pass(*seat.cable, std::move(pairs));
}

void Switchboard::advance(std::chrono::nanoseconds by) {
    std::lock_guard lock(mutex);
    clock_.advance(by);
    ++moved_;
    for (const auto& seat : seats_)
        seat->call.signal();
    changed.notify_all();
}

void Switchboard::shut() {
    std::lock_guard lock(mutex);
    shut_ = true;
    clock_.run();
    while (!cables_.empty())
        end(*cables_.begin()->second);
    for (const auto& seat : seats_)
        seat->call.signal();
    changed.notify_all();
}

bool Switchboard::is_shut() const {
    std::lock_guard lock(mutex);
    return shut_;
}

std::shared_ptr<Seat> Switchboard::sit(std::function<bool()> idle) {
    auto seat = std::make_shared<Seat>();
    seat->idle = std::move(idle);
    std::lock_guard lock(mutex);
    seats_.push_back(seat);
    return seat;
}

void Switchboard::rise(const std::shared_ptr<Seat>& seat) {
    std::lock_guard lock(mutex);
    seats_.erase(std::remove(seats_.begin(), seats_.end(), seat), seats_.end());
    changed.notify_all();
}

std::shared_ptr<Cable> Switchboard::plug(Seat& seat) {
    std::lock_guard lock(mutex);
    auto cable = std::make_shared<Cable>();
    // As libzmq makes them up: a zero byte and a number.
    const std::uint32_t number = ++last_cable_;
    cable->routing_id =
        std::string(1, '\0') + std::string(reinterpret_cast<const char*>(&number), sizeof number);
    cable->ended = shut_ || seat.killed || seat.unplugged;
    cable->arrived.signal();
    seat.cable = cable;
    if (!cable->ended) cables_.emplace(cable->routing_id, cable);
    return cable;
}

void Switchboard::unplug(Cable& cable) {
    std::lock_guard lock(mutex);
    end(cable);
}

void Switchboard::end(Cable& cable) {
    cable.ended = true;
    cable.to_service.clear();
    cable.arrived.signal();
    cables_.erase(cable.routing_id);
    changed.notify_all();
}

base::SendOutcome Switchboard::send(Seat& seat, Cable& cable, std::span<zmq::message_t> parts) {
    std::lock_guard lock(mutex);
    if (cable.ended) return base::SendOutcome::lost;
    Message going;
    std::vector<Message> again;
    for (std::size_t i = 0; i + 1 < parts.size(); i += 2) {
        const wire::Frame* frame = reader_.read(view_of(parts[i]));
        if (frame == nullptr) continue;  // the SDK writes none that cannot be read
        if (const auto* greeting = std::get_if<wire::Greeting>(frame)) {
            seat.service = greeting->service;
            seat.instance = greeting->instance;
        }
        if (seat.duplicates > 0) {
            --seat.duplicates;
            Message copy;
            copy.push_back(copy_of(parts[i]));
            copy.push_back(copy_of(parts[i + 1]));
            again.push_back(std::move(copy));
        }
        Message& way = holds(seat, *frame) ? seat.held : going;
        way.push_back(std::move(parts[i]));
        way.push_back(std::move(parts[i + 1]));
    }
    if (!going.empty()) pass(cable, std::move(going));
    for (Message& copy : again)
        pass(cable, std::move(copy));
    return base::SendOutcome::sent;
}

bool Switchboard::holds(Seat& seat, const wire::Frame& frame) const {
    return seat.holds_outcomes && is_outcome(frame);
}

void Switchboard::pass(Cable& cable, Message&& pairs) {
    pairs.insert(pairs.begin(), zmq::message_t(cable.routing_id.data(), cable.routing_id.size()));
    to_broker_.push_back(std::move(pairs));
    changed.notify_all();
}

base::ReceiveOutcome Switchboard::receive(Cable& cable, Message& parts) {
    std::lock_guard lock(mutex);
    parts.clear();
    if (cable.to_service.empty()) {
        cable.arrived.clear();
        return base::ReceiveOutcome::nothing;
    }
    parts = std::move(cable.to_service.front());
    cable.to_service.pop_front();
    return base::ReceiveOutcome::received;
}

bool Switchboard::has_ended(const Cable& cable) const {
    std::lock_guard lock(mutex);
    return cable.ended;
}

base::SendOutcome Switchboard::send_to_service(std::span<zmq::message_t> parts) {
    std::lock_guard lock(mutex);
    const auto found = cables_.find(view_of(parts.front()));
    if (found == cables_.end()) return base::SendOutcome::unreachable;
    Cable& cable = *found->second;
    Message message;
    for (zmq::message_t& part : parts.subspan(1))
        message.push_back(std::move(part));
    cable.to_service.push_back(std::move(message));
    cable.arrived.signal();
    return base::SendOutcome::sent;
}

base::ReceiveOutcome Switchboard::receive_of_services(Message& parts) {
    std::lock_guard lock(mutex);
    parts.clear();
    if (to_broker_.empty()) return base::ReceiveOutcome::nothing;
    parts = std::move(to_broker_.front());
    to_broker_.pop_front();
    return base::ReceiveOutcome::received;
}

bool Switchboard::readable() const {
    std::lock_guard lock(mutex);
    return !to_broker_.empty();
}

}  // namespace fairlead::testing
