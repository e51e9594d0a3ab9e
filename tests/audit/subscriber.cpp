// SPDX-License-Identifier: Apache-2.0
#include "audit/subscriber.h"

#include <sys/socket.h>

#include <algorithm>

#include "audit/payload.h"

namespace fairlead::audit {
namespace {

using namespace std::chrono_literals;
using client::flag_of;
using client::JsonValue;
using client::member;
using client::number_of;
using client::text_of;

constexpr int kReceiveBytes = 16 * 1024;  // so that a client that does not read is full soon
constexpr auto kTurn = 5ms;
constexpr int kIdleTurns = 20;
constexpr int kDawdled = 300;  // pushes that are read slowly

std::uint32_t number32_of(const JsonValue& object, const char* name) {
    return static_cast<std::uint32_t>(number_of(object, name));
}

std::string recover_fields(const std::string& epoch, std::uint64_t offset) {
    return R"("recover":true,"epoch":)" + client::quoted(epoch) + R"(,"offset":)" + std::to_string(offset);
}

}  // namespace

Subscriber::Subscriber(Options options)
    : options_(std::move(options)), recorder_(options_.record), random_(options_.number) {
    for (const std::string& each : options_.channels)
        places_[each];
    thread_ = std::thread([this] { run(); });
}

Subscriber::~Subscriber() {
    over_ = true;
    if (thread_.joinable()) thread_.join();
}

bool Subscriber::trouble(Trouble trouble, std::function<bool()> is_over) {
    const std::lock_guard lock(mutex_);
    if (trouble_ != Trouble::none) return false;
    trouble_ = trouble;
    is_over_ = std::move(is_over);
    return true;
}

bool Subscriber::wait_settled(std::chrono::milliseconds timeout) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, timeout, [&] { return settled_ && trouble_ == Trouble::none; });
}

bool Subscriber::wait_last(const std::string& channel, std::uint32_t seq, std::chrono::milliseconds timeout) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, timeout, [&] { return last_[channel] >= seq; });
}

bool Subscriber::finish() {
    over_ = true;
    thread_.join();
    bool all = true;
    for (const auto& [channel, place] : places_) {
        all = all && place.subscribed;
        if (place.subscribed) recorder_.put(line(Kind::done, channel));
    }
    recorder_.flush();
    client_.reset();
    return all;
}

Line Subscriber::line(Kind kind, std::string_view channel) const {
    return {.kind = kind, .actor = options_.number, .session = session_, .channel = channel};
}

void Subscriber::run() {
    while (!over_)
        turn();
}

void Subscriber::turn() {
    if (!client_) connect();
    if (client_) suffer();
    if (client_) subscribe();
    if (client_) read();
}

void Subscriber::connect() {
    auto connected = client::Client::connect(options_.url);
    if (!connected) {
        tell_idle(true);
        std::this_thread::sleep_for(
            std::chrono::milliseconds(1 + random_() % 20));  // as SDKs do, only sooner
        return;
    }
    client_.emplace(std::move(*connected));
    ++session_;
    ::setsockopt(client_->websocket().descriptor(), SOL_SOCKET, SO_RCVBUF, &kReceiveBytes,
                 sizeof kReceiveBytes);
}

void Subscriber::subscribe() {
    for (auto& [channel, place] : places_) {
        if (!place.subscribed && !subscribe(channel, place)) return;
    }
    tell_settled(true);
}

// False when the connection is gone.
bool Subscriber::subscribe(const std::string& channel, Place& place) {
    Line asked = line(Kind::subscribing, channel);
    std::string fields;
    if (place.recoverable) {
        asked.flags = kRecover;
        asked.epoch = place.epoch;
        asked.offset = place.offset;
        fields = recover_fields(place.epoch, place.offset);
    }
    recorder_.put(asked);
    const auto reply = client_->subscribe(channel, fields);
    if (!reply) {
        read_rest();
        if (client_) lose(0);
        return false;
    }
    if (const JsonValue* result = reply->result("subscribe"); result != nullptr) {
        begin(channel, place, *result);
    } else {
        Line refused = line(Kind::refused, channel);
        refused.code = reply->error().code;
        recorder_.put(refused);
    }
    return true;
}

void Subscriber::begin(const std::string& channel, Place& place, const JsonValue& result) {
    const std::string epoch = text_of(result, "epoch");
    const bool recovered = flag_of(result, "recovered");
    Line subscribed = line(Kind::subscribed, channel);
    subscribed.epoch = epoch;
    subscribed.offset = number_of(result, "offset");
    if (flag_of(result, "was_recovering")) subscribed.flags |= kWasRecovering;
    if (recovered) subscribed.flags |= kRecovered;
    recorder_.put(subscribed);
    place.subscribed = true;
    place.recoverable = flag_of(result, "recoverable");
    place.epoch = epoch;
    if (!recovered) place.offset = subscribed.offset;
    const JsonValue* publications = member(result, "publications");
    if (publications == nullptr) return;
    for (const JsonValue& each : publications->GetArray())
        deliver(channel, each, kReplayed);
}

void Subscriber::read() {
    constexpr int kMost = 256;  // then it looks for trouble
    for (int i = 0; i < kMost && client_; ++i) {
        if (!read_one(i == 0 ? kTurn : 0ms)) return tell_idle(i == 0);
        idle_turns_ = 0;
    }
}

// What is there, to the end of the connection if that is there.
void Subscriber::read_rest() {
    while (client_ && read_one(0ms)) {
    }
}

// False when nothing came in that time, or the connection has ended.
bool Subscriber::read_one(std::chrono::milliseconds timeout) {
    const auto push = client_->next_push(timeout);
    if (push) {
        take(*push);
        return true;
    }
    if (push.error().fault != client::Fault::timeout)
        lose(client_->close_event() ? client_->close_event()->close_code : 0);
    return false;
}

void Subscriber::take(const client::Reply& push) {
    const std::string channel = push.channel();
    if (const JsonValue* publication = push.publication()) return deliver(channel, *publication, 0);
    if (const JsonValue* end = member(*push.push(), "unsubscribe"))
        unsubscribed(channel, number32_of(*end, "code"));
}

void Subscriber::deliver(const std::string& channel, const JsonValue& publication, std::uint8_t flags) {
    Place& place = places_[channel];
    Line delivery = line(Kind::delivery, channel);
    delivery.flags = flags;
    delivery.offset = number_of(publication, "offset");
    if (delivery.offset != 0) delivery.epoch = place.epoch;  // which the reply said, for all that follow it
    if (const JsonValue* data = member(publication, "data")) {
        delivery.publisher = number32_of(*data, kPublisherMember);
        delivery.seq = number32_of(*data, kSeqMember);
        delivery.digest =
            digest_of(channel, delivery.publisher, delivery.seq, text_of(*data, kFillingMember));
    }
    recorder_.put(delivery);
    if (delivery.offset != 0) place.offset = delivery.offset;
    if (options_.on_delivery) options_.on_delivery();
    if (delivery.publisher != options_.last_publisher || flags & kReplayed) return;
    const std::lock_guard lock(mutex_);
    last_[channel] = delivery.seq;
    changed_.notify_all();
}

void Subscriber::unsubscribed(const std::string& channel, std::uint32_t code) {
    Line notice = line(Kind::notice, channel);
    notice.code = code;
    recorder_.put(notice);
    places_[channel].subscribed = false;
    tell_settled(false);
}

void Subscriber::lose(std::uint32_t code) {
    Line lost = line(Kind::lost);
    lost.code = code;
    recorder_.put(lost);
    client_.reset();
    for (auto& [channel, place] : places_)
        place.subscribed = false;
    tell_settled(false);
}

void Subscriber::tell_idle(bool idle) {
    if (!idle || ++idle_turns_ < kIdleTurns) return;
    idle_turns_ = 0;
    if (options_.on_idle) options_.on_idle();
}

void Subscriber::tell_settled(bool settled) {
    const std::lock_guard lock(mutex_);
    settled_ = settled;
    if (!settled) last_.clear();
    changed_.notify_all();
}

void Subscriber::suffer() {
    Trouble trouble = Trouble::none;
    {
        const std::lock_guard lock(mutex_);
        trouble = trouble_;
    }
    if (trouble == Trouble::none) return;
    if (trouble == Trouble::reset || trouble == Trouble::shut) cut(trouble == Trouble::reset);
    if (trouble == Trouble::freeze) freeze();
    if (trouble == Trouble::slow) dawdle();
    if (trouble == Trouble::leave) leave();
    const std::lock_guard lock(mutex_);
    trouble_ = Trouble::none;
    changed_.notify_all();
}

void Subscriber::cut(bool reset) {
    const int socket = client_->websocket().descriptor();
    if (reset) {
        const linger at_once{1, 0};
        ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    } else {
        ::shutdown(socket, SHUT_WR);
    }
    lose(0);
}

void Subscriber::freeze() {
    recorder_.put(line(Kind::frozen));
    while (!over_ && !is_over_())
        std::this_thread::sleep_for(1ms);
    recorder_.put(line(Kind::thawed));
}

void Subscriber::dawdle() {
    recorder_.put(line(Kind::frozen));
    for (int i = 0; client_ && !over_ && i < kDawdled; ++i) {
        (void)read_one(1ms);
        std::this_thread::sleep_for(200us);
    }
    recorder_.put(line(Kind::thawed));
}

void Subscriber::leave() {
    auto left = std::next(places_.begin(), static_cast<std::ptrdiff_t>(random_() % places_.size()));
    if (!left->second.subscribed) return;
    const auto reply = client_->unsubscribe(left->first);
    read_rest();  // nothing of the channel follows the reply, so what there is came before it
    if (!client_ || !reply || !left->second.subscribed) return;
    recorder_.put(line(Kind::leaving, left->first));
    left->second.subscribed = false;
    tell_settled(false);
}

}  // namespace fairlead::audit
