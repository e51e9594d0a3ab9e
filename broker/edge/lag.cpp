// SPDX-License-Identifier: Apache-2.0
#include "edge/lag.h"

#include <algorithm>
#include <string>
#include <utility>

#include "edge/channels.h"
#include "edge/context.h"
#include "edge/session.h"

namespace fairlead::edge {
namespace {

using core::SlowReader;

// A client that lags again and again is told of once in that time.
constexpr std::chrono::seconds kTellEvery{10};

std::string name_of(Session& session, std::uint64_t channel) {
    for (const Subscription& each : session.subscriptions()) {
        if (each.channel->id == channel) return each.channel->name;
    }
    return {};
}

std::size_t budget(const Lag::Client& client) {
    return client.context.options.max_queue_bytes;
}

}  // namespace

void Lag::blocked(const Client& client) {
    static_cast<void>(late(client));
    grown(client);
}

// One mark serves all entries: what stands before it waits since then or longer. When it has been passed the
// next one is made, so that a client is found late between once and twice the time.
bool Lag::late(const Client& client) {
    if (client.outbox.passed(Outbox::Mark::age)) {
        client.outbox.set(Outbox::Mark::age);
        since_ = client.context.now;
        return false;
    }
    const auto most = client.context.options.max_queue_age;
    return most.count() > 0 && client.context.now - since_ > most;
}

Lag::Fate Lag::judge(const Client& client, const FramePtr& frame) {
    const Content content = frame->content();
    if (frame->conflates() && client.outbox.replace(frame)) {
        ++client.context.counts.conflated;
        acted(client, content.channel, content.policy);
        static_cast<void>(shrink(client, budget(client)));  // it may be larger than the one before
        return Fate::settled;
    }
    grown(client);
    const std::size_t cost = Outbox::cost_of(*frame);
    const bool full = client.outbox.cost() + cost > budget(client);
    // The newest of a key does not become old, and there is one of each.
    const bool old = late(client) && !frame->conflates();
    if (!full && !old) return Fate::queue;
    if (content.policy == SlowReader::disconnect) return Fate::close;
    if (content.recoverable) {
        open_gap(client, content.channel);
    } else if (content.policy != SlowReader::drop_newest) {
        // Late, the queue grows no more: so much leaves as comes.
        const std::size_t most = old ? std::min(client.outbox.cost(), budget(client)) : budget(client);
        if (cost <= most && shrink(client, most - cost)) return Fate::queue;
    }
    drop(client, *frame);
    return Fate::settled;
}

bool Lag::shrink(const Client& client, std::size_t most) {
    while (client.outbox.cost() > most) {
        const FramePtr oldest = client.outbox.drop_oldest();
        if (!oldest) return false;
        drop(client, *oldest);
        if (!oldest->content().recoverable) continue;
        // Behind a hole nothing of the channel is of use: it comes again.
        open_gap(client, oldest->channel());
        const std::size_t more = client.outbox.withdraw(oldest->channel());
        client.context.counts.dropped[static_cast<std::size_t>(oldest->content().policy)] += more;
        dropped_ += static_cast<std::uint32_t>(more);
    }
    return true;
}

void Lag::grown(const Client& client) {
    if (!lagging_ && client.outbox.cost() > budget(client) / 2) begin(client);
}

void Lag::closing(const Client& client, std::uint64_t channel) {
    tell(client, channel, SlowReader::disconnect);
}

void Lag::stop(Context& context) {
    if (!std::exchange(lagging_, false)) return;
    --context.counts.lagging;
}

void Lag::begin(const Client& client) {
    lagging_ = true;
    told_ = told_at_ != base::Steady{} && client.context.now - told_at_ < kTellEvery;
    dropped_ = 0;
    ++client.context.counts.lagging;
}

// A quarter, and not all: who reads just as fast as it comes would never be done.
void Lag::end_if_drained(const Client& client) {
    if (client.outbox.cost() > budget(client) / 4) return;
    stop(client.context);
    if (std::exchange(gaps_, false)) tell_gaps(client);
}

void Lag::acted(const Client& client, std::uint64_t channel, SlowReader act) {
    if (!lagging_) begin(client);
    if (!std::exchange(told_, true)) tell(client, channel, act);
}

void Lag::tell(const Client& client, std::uint64_t channel, SlowReader act) {
    told_at_ = client.context.now;
    const auto age =
        client.outbox.passed(Outbox::Mark::age) ? base::Steady::duration{} : client.context.now - since_;
    client.context.core.post(
        core::Lagged{client.session.key(), name_of(client.session, channel), act, client.outbox.bytes(),
                     std::chrono::duration_cast<std::chrono::milliseconds>(age), dropped_});
}

void Lag::drop(const Client& client, const Frame& frame) {
    ++client.context.counts.dropped[static_cast<std::size_t>(frame.content().policy)];
    ++dropped_;
    acted(client, frame.channel(), frame.content().policy);
}

void Lag::open_gap(const Client& client, std::uint64_t channel) {
    for (const Subscription& each : client.session.subscriptions()) {
        if (each.channel->id != channel) continue;
        Gap& gap = each.channel->subscribers[each.place].gap;
        if (gap != Gap::none) return;
        gap = Gap::open;
        gaps_ = true;
        ++client.context.counts.gaps;
    }
}

void Lag::tell_gaps(const Client& client) {
    for (const Subscription& each : client.session.subscriptions()) {
        Gap& gap = each.channel->subscribers[each.place].gap;
        if (gap != Gap::open) continue;
        gap = Gap::told;
        core::Lagged lagged{client.session.key(), each.channel->name};
        lagged.recover = true;
        client.context.core.post(std::move(lagged));
    }
}

}  // namespace fairlead::edge
