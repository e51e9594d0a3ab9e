// SPDX-License-Identifier: Apache-2.0
#include "src/link.h"

#include <algorithm>
#include <random>

#include "src/message.h"
#include "wire/error.h"
#include "wire/limits.h"

namespace fairlead::detail {
namespace {

constexpr std::size_t kMaxBacklogBytes = 1024 * 1024;
constexpr std::chrono::milliseconds kLeave{500};

template <typename T>
bool is(const wire::Frame& frame) {
    return std::holds_alternative<T>(frame);
}

}  // namespace

Link::Link(std::string broker, LinkKeys keys, LinkOwner& owner, Shared& shared)
    : broker_(std::move(broker)),
      keys_(std::move(keys)),
      owner_(owner),
      shared_(shared),
      backoff_(std::random_device{}()) {}

Link::~Link() {
    disconnect();
}

void Link::open(base::Steady now) {
    connect(now);
}

void Link::leave(base::Steady now) {
    if (!send(wire::Goodbye{"the service stops"})) return close();
    state_ = State::leaving;
    due_ = now + kLeave;
}

void Link::close() {
    disconnect();
    state_ = State::closed;
    due_ = base::Steady::max();
}

bool Link::has_room() const noexcept {
    return up() && batch_.payload_bytes() + batch_.header_bytes() < kMaxBacklogBytes;
}

void Link::connect(base::Steady now) {
    try {
        line_ = shared_.host->connect(broker_, keys_, attempt_);
    } catch (const zmq::error_t& fault) {
        disconnect();
        if (fault.num() == EINVAL || fault.num() == EPROTONOSUPPORT) {
            refuse(0, "the broker's address " + broker_ + " cannot be used: " + fault.what());
            return;
        }
    }
    // The time for the attempt is the pause before the next one.
    state_ = State::connecting;
    due_ = now + backoff_.next();
}

/// For people: what the last attempt showed.
std::string Link::why_no_connection(LinkEnding ending) const {
    switch (ending) {
        case LinkEnding::other_mechanism:
            return keys_.own ? "the broker works without keys, and this service has one"
                             : "the broker wants keys, and this service has none (key_file, server_keys)";
        case LinkEnding::in_handshake:
            return keys_.own ? "the broker broke the handshake off: is its public key another one (server_keys)?"
                             : "the broker broke the handshake off: does it want keys (key_file, server_keys)?";
        default:
            break;
    }
    return "no connection";
}

void Link::disconnect() {
    batch_.clear();
    line_.reset();
    lost_ = false;
}

void Link::retry(base::Steady now) {
    const LinkEnding ending = line_ ? line_->ending() : LinkEnding::none;
    complain(why_no_connection(ending), ending);
    ++attempt_;
    disconnect();
    connect(now);
}

void Link::lose(base::Steady now, std::string_view why) {
    bool was_up = up();
    disconnect();
    state_ = State::waiting;
    due_ = now + backoff_.next();
    if (was_up) {
        complained_ = true;
        shared_.log->warning("lost the broker: trying until it is back", {{"broker", broker_}, {"why", why}});
        owner_.on_down();
    } else {
        complain(why);
    }
}

void Link::refuse_key() {
    refuse(static_cast<std::uint32_t>(wire::Code::unauthorized),
           keys_.own ? "no [[service]] of the broker has the key " + keys_.own->public_key()
                     : "the broker lets nobody in without a key");
}

void Link::complain(std::string_view why, LinkEnding known) {
    // Once, and again when a later attempt shows more of the cause.
    if (complained_ && known <= said_) return;
    complained_ = true;
    said_ = known;
    shared_.log->warning("no broker: trying until there is one", {{"broker", broker_}, {"why", why}});
}

void Link::greet(base::Steady now) {
    if (up()) owner_.on_down();
    batch_.clear();
    state_ = State::greeting;
    due_ = now + dead_after_;
    heard_ = now;
    if (!batch_.add(owner_.greeting()))
        refuse(0, "the greeting is too large: fewer endpoints, shorter names");
}

void Link::refuse(std::uint32_t code, std::string_view reason) {
    std::string why(reason);  // it may stand in a message that goes now
    disconnect();
    state_ = State::closed;
    due_ = base::Steady::max();
    owner_.on_refused(code, why);
}

base::SendOutcome Link::send_message(std::size_t pairs) {
    out_.clear();
    for (std::size_t i = 0; i < pairs; ++i) {
        std::string_view header = batch_.header(i);
        out_.emplace_back(header.data(), header.size());
        out_.push_back(std::move(batch_.payload(i)));
    }
    base::SendOutcome outcome = line_->send(out_);
    if (outcome == base::SendOutcome::would_block) {
        for (std::size_t i = 0; i < pairs; ++i)
            batch_.payload(i) = std::move(out_[2 * i + 1]);
    }
    return outcome;
}

void Link::flush() {
    if (!line_ || lost_) return;
    while (std::size_t pairs = batch_.message_pairs()) {
        base::SendOutcome outcome = send_message(pairs);
        if (outcome == base::SendOutcome::would_block) return;
        batch_.pop(pairs);
        if (outcome != base::SendOutcome::sent) {
            lost_ = true;
            due_ = base::Steady::min();
            return;
        }
    }
}

bool Link::receive(base::Steady now) {
    if (!line_) return false;
    bool any = false;
    if (state_ == State::connecting && line_->writable()) {
        greet(now);
        any = true;  // the greeting waits for the next turn: without one it would lie until something else happens
    }
    while (line_) {
        base::ReceiveOutcome outcome = line_->receive(parts_, 2 * wire::kMaxPairs);
        if (outcome == base::ReceiveOutcome::nothing) break;
        any = true;
        heard_ = now;
        if (outcome == base::ReceiveOutcome::received) {
            handle_message(now);
        } else {
            shared_.counters.frames_broken.add();
        }
    }
    return any;
}

void Link::handle_message(base::Steady now) {
    if (parts_.size() % 2 != 0) {
        shared_.counters.frames_broken.add();
        return;
    }
    // Handling one pair may end the connection; the others are then of no use.
    for (std::size_t i = 0; i < parts_.size() && line_; i += 2)
        handle_pair(now, parts_[i], parts_[i + 1]);
}

void Link::handle_pair(base::Steady now, zmq::message_t& header, zmq::message_t& payload) {
    wire::Frame* frame = reader_.read(to_view(header));
    if (frame != nullptr) {
        handle(now, *frame, payload);
    } else if (reader_.fault() == wire::ReadFault::other_version) {
        refuse(0, "the broker speaks another version of the backplane protocol");
    } else {
        shared_.counters.frames_broken.add();
        shared_.log->debug("broken frame", {{"why", reader_.error()}});
    }
}

void Link::handle(base::Steady now, wire::Frame& frame, zmq::message_t& payload) {
    if (auto* taken = std::get_if<wire::Welcome>(&frame)) {
        welcome(now, *taken);
    } else if (auto* refusal = std::get_if<wire::Refusal>(&frame)) {
        refuse(refusal->code, refusal->reason);
    } else if (is<wire::Who>(frame)) {
        // While a greeting is on its way, its questions are about frames that came before.
        if (up()) greet(now);
    } else if (auto* goodbye = std::get_if<wire::Goodbye>(&frame)) {
        if (state_ == State::leaving) return close();
        lose(now, "it said goodbye: " + std::string(goodbye->reason));
    } else if (up()) {
        owner_.on_frame(frame, payload);
    }
}

void Link::welcome(base::Steady now, const wire::Welcome& welcome) {
    if (state_ != State::greeting) return;
    bool new_boot = welcome.boot != boot_;
    boot_ = welcome.boot;
    heartbeat_ = std::max(welcome.heartbeat, std::chrono::milliseconds(1));
    dead_after_ = std::max(welcome.dead_after, heartbeat_);
    state_ = State::up;
    next_beat_ = now + heartbeat_;
    due_ = next_beat_;
    last_tick_ = now;
    backoff_.reset();
    complained_ = false;
    said_ = LinkEnding::none;
    shared_.log->info("linked to the broker", {{"broker", broker_}, {"version", welcome.version}});
    owner_.on_welcome(welcome, new_boot);
}

void Link::tick(base::Steady now) {
    if (state_ == State::closed) return;
    const LinkEnding ending = line_ ? line_->ending() : LinkEnding::none;
    if (ending == LinkEnding::key_refused) return refuse_key();
    const bool cut = lost_ || ending != LinkEnding::none;
    if (up()) {
        if (cut) return lose(now, "the connection ended");
        return check_life(now);
    }
    if (now < due_ && (!cut || state_ == State::connecting)) return;
    if (state_ == State::leaving) return close();
    if (state_ == State::waiting || state_ == State::connecting) return retry(now);
    lose(now, "no answer to the greeting");
}

void Link::check_life(base::Steady now) {
    // Silence says nothing when it was us who stood still.
    if (now - last_tick_ > heartbeat_ + dead_after_ / 2) heard_ = now;
    last_tick_ = now;
    if (now - heard_ >= dead_after_) return lose(now, "it is silent");
    if (now >= next_beat_) beat(now);
    due_ = std::min(next_beat_, heard_ + dead_after_);
}

void Link::beat(base::Steady now) {
    send(owner_.heartbeat());
    next_beat_ = now + heartbeat_;
}

void Link::add_descriptors(std::vector<pollfd>& descriptors) const {
    if (line_) line_->add_descriptors(descriptors);
}

}  // namespace fairlead::detail
