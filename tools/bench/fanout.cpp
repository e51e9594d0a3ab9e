// SPDX-License-Identifier: Apache-2.0
#include "bench/fanout.h"

#include <algorithm>
#include <charconv>

#include "bench/digits.h"
#include "client/json.h"

namespace fairlead::bench {
namespace {

using client::Error;
using client::Fault;
using std::chrono::milliseconds;

constexpr std::string_view kPush = R"({"push":)";
constexpr std::string_view kNumber = R"("n":")";
constexpr std::string_view kPublished = R"({"id":)";
constexpr milliseconds kStall{10000};

/// The data of a publication: a number and as much padding as the size wants.
std::string padded_data(std::size_t bytes) {
    const std::string head = R"({"n":")" + std::string(kDigits, '0') + R"(","p":")";
    const std::size_t rest = head.size() + 2;
    return head + std::string(bytes > rest ? bytes - rest : 0, 'x') + "\"}";
}

}  // namespace

Fanout::Fanout(const FanoutOptions& options)
    : Crowd(options.channel), options_(options), missing_(options.window), sent_at_(options.window) {
    options_.batch = std::clamp<std::size_t>(options_.batch, 1, options_.window);
    command_ = R"({"publish":{"channel":)" + client::quoted(options_.channel) + R"(,"data":)" +
               padded_data(options_.payload_bytes) + R"(},"id":)" + std::string(kDigits, '0') + "}";
    number_at_ = command_.find(kNumber) + kNumber.size();
    id_at_ = command_.size() - 1 - kDigits;
}

Result<void> Fanout::prepare(const client::Url& url, milliseconds timeout) {
    if (auto done = gather(url, options_.subscribers, timeout); !done) return done;
    const auto publisher = gather_plain(timeout);
    if (!publisher) return publisher.error();
    publisher_ = *publisher;
    next_.assign(options_.subscribers, 0);
    return {};
}

Result<FanoutRound> Fanout::run(milliseconds duration) {
    FanoutRound round;
    round_ = &round;
    started_ = Clock::now();
    first_of_round_ = published_;
    const Deadline end = started_ + duration;
    Deadline moved = started_;
    for (Deadline now = started_; now < end || completed_ < published_; now = Clock::now()) {
        const std::uint64_t before = completed_;
        if (now < end) publish_what_fits();
        swarm().turn(milliseconds(options_.rate > 0 ? 1 : 100));
        if (!fault().empty()) return Error{Fault::malformed, fault()};
        if (completed_ != before || completed_ == published_) moved = now;
        if (now - moved > kStall) return Error{Fault::timeout, "a publication did not reach all subscribers"};
    }
    round.seconds = std::chrono::duration<double>(Clock::now() - started_).count();
    round_ = nullptr;
    return round;
}

std::size_t Fanout::allowed_now() const {
    const auto free = options_.window - static_cast<std::size_t>(published_ - completed_);
    if (options_.rate <= 0) return free;
    const double elapsed = std::chrono::duration<double>(Clock::now() - started_).count();
    const auto due = static_cast<std::uint64_t>(elapsed * options_.rate) + 1 - (published_ - first_of_round_);
    return std::min(free, static_cast<std::size_t>(due));
}

void Fanout::publish_what_fits() {
    const std::size_t batch = options_.rate > 0 ? 1 : options_.batch;
    while (allowed_now() >= batch)
        publish(batch);
}

void Fanout::publish(std::size_t count) {
    std::string message;
    message.reserve(count * (command_.size() + 1));
    const Deadline now = Clock::now();
    for (std::size_t i = 0; i < count; ++i, ++published_) {
        write_digits(command_, number_at_, published_);
        write_digits(command_, id_at_, kFirstId + published_ % kIdRange);
        const std::size_t slot = published_ % options_.window;
        missing_[slot] = options_.subscribers;
        sent_at_[slot] = now;
        if (i > 0) message += '\n';
        message += command_;
    }
    swarm().send(publisher_, client::Swarm::text_frame(message));
}

void Fanout::replied(std::size_t connection, std::string_view reply) {
    if (reply.substr(0, kPush.size()) == kPush) return delivered(connection, reply);
    const bool accepted = connection == publisher_ && reply.substr(0, kPublished.size()) == kPublished &&
                          reply.find(R"("error")") == std::string_view::npos;
    if (!accepted) fail(reply);
}

void Fanout::delivered(std::size_t connection, std::string_view push) {
    const std::size_t at = push.find(kNumber);
    const auto number =
        at == std::string_view::npos ? std::nullopt : read_digits(push.substr(at + kNumber.size()));
    if (!number || connection >= next_.size() || *number != next_[connection]) {
        return fail("subscriber " + std::to_string(connection) + " got out of order: " + std::string(push));
    }
    ++next_[connection];
    delivery_bytes_ = push.size();
    const std::size_t slot = *number % options_.window;
    if (round_ != nullptr) {
        ++round_->deliveries;
        if (options_.rate > 0) {
            round_->delays_ms.push_back(
                std::chrono::duration<float, std::milli>(Clock::now() - sent_at_[slot]).count());
        }
    }
    if (--missing_[slot] > 0) return;
    // All subscribers see the numbers in order, so the oldest is complete first.
    ++completed_;
}

}  // namespace fairlead::bench
