// SPDX-License-Identifier: Apache-2.0
#include "audit/simulator.h"

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace fairlead::audit {
namespace {

constexpr std::uint32_t kSlow = 3008;
constexpr std::uint32_t kGap = 2500;
constexpr std::uint32_t kFirstSubscriber = 1000;

constexpr std::array kCounts{
    "publications", "publications_refused", "copies",     "handed", "dropped", "unsent",
    "recovered",    "unrecovered",          "closed_slow"};

bool is_copy(const Record& item) {
    return item.kind == Kind::delivery && !(item.flags & kReplayed);
}

struct Channel {
    const char* name;
    std::uint8_t rules;
    std::size_t kept;  // publications
};

constexpr std::array<Channel, 5> kChannels{{{"deep", kHistory, 1000},
                                            {"shallow", kHistory, 4},
                                            {"newest", kHistory | kCache, 1},
                                            {"live", 0, 0},
                                            {"lossy", kDrops, 0}}};

struct Stream {
    std::uint32_t epoch = 0;
    std::uint64_t top = 0;
    std::deque<Record> kept;
};

struct Publisher {
    std::uint32_t number = 0;
    std::map<std::uint32_t, std::uint32_t> seq;  // by channel
    std::deque<Record> to_broker;
    std::deque<Record> to_publisher;
};

struct Subscription {
    bool wanted = true;
    bool asked = false;      // by the subscriber, on this connection
    bool at_broker = false;  // the broker hands out to it
    std::uint32_t epoch = 0;
    std::uint64_t offset = 0;
};

struct Subscriber {
    std::uint32_t number = 0;
    std::uint32_t session = 0;
    bool connected = false;
    bool frozen = false;
    bool closed = false;  // by the broker, which hands out nothing any more
    std::map<std::uint32_t, Subscription> subscriptions;
    std::deque<Record> to_read;
};

class World {
public:
    explicit World(std::uint32_t seed) : random_(seed) {
        for (const Channel& each : kChannels) {
            Record record;
            record.kind = Kind::channel;
            record.channel = history_.channels.number_of(each.name);
            record.flags = each.rules;
            write(record);
            channels_[record.channel] = each;
        }
        begin_life();
        for (std::size_t i = 0; i < publishers_.size(); ++i)
            publishers_[i].number = ++last_publisher_;
        for (std::uint32_t i = 0; i < subscribers_.size(); ++i) {
            subscribers_[i].number = kFirstSubscriber + i;
            for (const auto& [channel, rules] : channels_)
                if (i == 0 || chance(70)) subscribers_[i].subscriptions[channel];
        }
    }

    History run(int steps) {
        for (int i = 0; i < steps; ++i)
            step();
        calm();
        tell_counts();
        last_publications();
        tell_counts();
        return std::move(history_);
    }

private:
    bool chance(unsigned percent) { return random_() % 100 < percent; }
    template <typename T>
    auto& any_of(T& items) {
        return items[random_() % items.size()];
    }
    std::uint32_t any_channel() { return 1 + static_cast<std::uint32_t>(random_() % channels_.size()); }
    const Channel& rules_of(std::uint32_t channel) { return channels_[channel]; }
    bool is_stream(std::uint32_t channel) { return rules_of(channel).rules & kHistory; }

    void write(Record record) {
        record.stamp = ++now_;
        record.line = static_cast<std::uint32_t>(history_.records.size() + 1);
        history_.records.push_back(record);
    }
    Record line_of(const Subscriber& subscriber, Kind kind, std::uint32_t channel = 0) {
        Record record;
        record.kind = kind;
        record.actor = subscriber.number;
        record.session = subscriber.session;
        record.channel = channel;
        return record;
    }

    void step();
    void rare(Subscriber& subscriber);

    void publish(Publisher& publisher, std::uint32_t channel);
    void take(Publisher& publisher, bool may_refuse = true);
    void read_outcome(Publisher& publisher);
    void kill(Publisher& publisher);

    void begin_life();
    void kill_broker();
    void hand_out(Subscriber& subscriber, const Record& publication);
    void answer(Subscriber& subscriber, const Record& asked);
    bool recovers(const Record& asked, Record& reply, std::vector<Record>& missed);

    void connect(Subscriber& subscriber);
    void ask(Subscriber& subscriber);
    void read(Subscriber& subscriber);
    void end(Subscriber& subscriber, std::uint32_t code);
    void cut(Subscriber& subscriber);
    void close_slow(Subscriber& subscriber);
    void leave(Subscriber& subscriber, std::uint32_t channel);
    void freeze(Subscriber& subscriber, bool on);

    void calm();
    void last_publications();
    void tell_counts();

    std::mt19937 random_;
    std::int64_t now_ = 0;
    std::uint32_t last_publisher_ = 0;
    std::uint32_t life_ = 0;
    History history_;
    std::map<std::uint32_t, Channel> channels_;
    std::map<std::uint32_t, Stream> streams_;
    std::array<Publisher, 3> publishers_;
    std::array<Subscriber, 4> subscribers_;
    std::map<std::string, std::uint64_t> counts_;  // of this life of the broker
};

void World::step() {
    Publisher& publisher = any_of(publishers_);
    Subscriber& subscriber = any_of(subscribers_);
    const auto dice = random_() % 100;
    if (dice < 25) return publish(publisher, any_channel());
    if (dice < 50) return take(publisher);
    if (dice < 65) return read_outcome(publisher);
    if (dice < 70) return subscriber.connected ? ask(subscriber) : connect(subscriber);
    if (dice < 96) return read(subscriber);
    rare(subscriber);
}

void World::rare(Subscriber& subscriber) {
    switch (random_() % 12) {
        case 0:
            return kill_broker();
        case 1:
            return kill(any_of(publishers_));
        case 2:
        case 3:
            return close_slow(subscriber);
        case 4:
        case 5:
        case 6:
            return cut(subscriber);
        case 7:
            return leave(subscriber, any_channel());
        default:
            return freeze(subscriber, !subscriber.frozen);
    }
}

void World::publish(Publisher& publisher, std::uint32_t channel) {
    Record record;
    record.kind = Kind::publish;
    record.actor = publisher.number;
    record.channel = channel;
    record.seq = ++publisher.seq[channel];
    record.digest = static_cast<std::uint32_t>(random_());
    write(record);
    publisher.to_broker.push_back(record);
}

// The broker reads one publication.
void World::take(Publisher& publisher, bool may_refuse) {
    if (publisher.to_broker.empty()) return;
    Record delivery = publisher.to_broker.front();
    publisher.to_broker.pop_front();
    Record outcome = delivery;
    outcome.kind = Kind::fail;
    outcome.code = 111;
    const bool refused = may_refuse && chance(3);
    ++counts_[refused ? "publications_refused" : "publications"];
    if (!refused) {
        delivery.kind = Kind::delivery;
        delivery.publisher = publisher.number;
        if (is_stream(delivery.channel)) {
            Stream& stream = streams_[delivery.channel];
            delivery.epoch = stream.epoch;
            delivery.offset = ++stream.top;
            stream.kept.push_back(delivery);
            if (stream.kept.size() > rules_of(delivery.channel).kept) stream.kept.pop_front();
        }
        outcome.kind = Kind::ok;
        outcome.epoch = delivery.epoch;
        outcome.offset = delivery.offset;
        outcome.code = 0;
        for (Subscriber& each : subscribers_) {
            const auto found = each.subscriptions.find(delivery.channel);
            if (found == each.subscriptions.end() || !found->second.at_broker) continue;
            ++outcome.code;
            ++counts_["copies"];
            ++counts_["handed"];
            hand_out(each, delivery);
        }
    }
    publisher.to_publisher.push_back(outcome);
}

// For one that does not read, the rule of the channel may be to drop; in a stream the subscriber is told.
void World::hand_out(Subscriber& subscriber, const Record& publication) {
    if (subscriber.frozen && rules_of(publication.channel).rules & kDrops && chance(50)) {
        ++counts_["dropped"];
        return;
    }
    Record item = line_of(subscriber, Kind::delivery, publication.channel);
    if (subscriber.frozen && is_stream(publication.channel) && chance(10)) {
        item.kind = Kind::notice;
        item.code = kGap;
        ++counts_["dropped"];
        subscriber.subscriptions[publication.channel].at_broker = false;
    } else {
        item.epoch = publication.epoch;
        item.offset = publication.offset;
        item.publisher = publication.publisher;
        item.seq = publication.seq;
        item.digest = publication.digest;
    }
    subscriber.to_read.push_back(item);
}

void World::read_outcome(Publisher& publisher) {
    if (publisher.to_publisher.empty()) return;
    Record outcome = publisher.to_publisher.front();
    publisher.to_publisher.pop_front();
    write(outcome);
}

// What it had sent may arrive, and nobody hears of it.
void World::kill(Publisher& publisher) {
    while (!publisher.to_broker.empty() && chance(60))
        take(publisher);
    Record gone;
    gone.kind = Kind::gone;
    gone.actor = publisher.number;
    write(gone);
    publisher = Publisher();
    publisher.number = ++last_publisher_;
}

void World::begin_life() {
    ++life_;
    counts_.clear();
    Record began;
    began.kind = Kind::began;
    write(began);
    for (const auto& [channel, rules] : channels_) {
        if (!is_stream(channel)) continue;
        streams_[channel] = Stream();
        streams_[channel].epoch = history_.epochs.number_of("e" + std::to_string(life_) + rules.name);
    }
}

void World::kill_broker() {
    for (Publisher& each : publishers_) {
        std::deque<Record> lost;
        lost.swap(each.to_broker);
        while (!each.to_publisher.empty() && chance(50))
            read_outcome(each);
        lost.insert(lost.end(), each.to_publisher.begin(), each.to_publisher.end());
        each.to_publisher.clear();
        std::sort(lost.begin(), lost.end(), [](const Record& a, const Record& b) { return a.seq < b.seq; });
        for (Record& outcome : lost) {
            outcome.kind = Kind::unknown;
            outcome.code = 2;
            outcome.epoch = 0;
            outcome.offset = 0;
            write(outcome);
        }
    }
    for (Subscriber& each : subscribers_)
        if (each.connected) cut(each);
    begin_life();
}

void World::connect(Subscriber& subscriber) {
    subscriber.connected = true;
    subscriber.closed = false;
    ++subscriber.session;
    ask(subscriber);
}

void World::ask(Subscriber& subscriber) {
    if (subscriber.frozen) return;
    for (auto& [channel, subscription] : subscriber.subscriptions) {
        if (!subscription.wanted && chance(50)) subscription.wanted = true;
        if (!subscription.wanted || subscription.asked) continue;
        Record asked = line_of(subscriber, Kind::subscribing, channel);
        if (subscription.epoch != 0) {
            asked.flags = kRecover;
            asked.epoch = subscription.epoch;
            asked.offset = subscription.offset;
        }
        write(asked);
        subscription.asked = true;
        if (!subscriber.closed) answer(subscriber, asked);
    }
}

void World::answer(Subscriber& subscriber, const Record& asked) {
    Record reply = line_of(subscriber, Kind::subscribed, asked.channel);
    std::vector<Record> missed;
    if (is_stream(asked.channel)) {
        const Stream& stream = streams_[asked.channel];
        reply.epoch = stream.epoch;
        reply.offset = stream.top;
        if (asked.flags & kRecover)
            reply.flags = recovers(asked, reply, missed) ? kWasRecovering | kRecovered : kWasRecovering;
        if (asked.flags & kRecover) ++counts_[reply.flags & kRecovered ? "recovered" : "unrecovered"];
    }
    subscriber.to_read.push_back(reply);
    for (const Record& each : missed) {
        Record item = line_of(subscriber, Kind::delivery, asked.channel);
        item.flags = kReplayed;
        item.epoch = each.epoch;
        item.offset = each.offset;
        item.publisher = each.publisher;
        item.seq = each.seq;
        item.digest = each.digest;
        subscriber.to_read.push_back(item);
    }
    subscriber.subscriptions[asked.channel].at_broker = true;
}

bool World::recovers(const Record& asked, Record& reply, std::vector<Record>& missed) {
    const Stream& stream = streams_[asked.channel];
    const bool same = asked.epoch == stream.epoch;
    if (rules_of(asked.channel).rules & kCache) {
        const bool has_all = same && asked.offset == stream.top;
        if (!stream.kept.empty() && !has_all) missed.push_back(stream.kept.back());
        return has_all || !stream.kept.empty();
    }
    if (!same) return false;
    for (const Record& each : stream.kept)
        if (each.offset > asked.offset) missed.push_back(each);
    const bool complete =
        missed.empty() ? asked.offset == stream.top : missed.front().offset == asked.offset + 1;
    if (!complete) missed.clear();
    if (complete) reply.offset = asked.offset;
    return complete;
}

void World::read(Subscriber& subscriber) {
    if (subscriber.frozen || subscriber.to_read.empty()) return;
    const Record item = subscriber.to_read.front();
    subscriber.to_read.pop_front();
    if (item.kind == Kind::lost) return end(subscriber, item.code);
    Subscription& subscription = subscriber.subscriptions[item.channel];
    write(item);
    if (item.kind == Kind::notice) subscription.asked = false;
    if (item.kind == Kind::subscribed && !(item.flags & kRecovered)) {
        subscription.epoch = item.epoch;
        subscription.offset = item.offset;
    }
    if (item.kind == Kind::delivery) {
        subscription.epoch = item.epoch;
        subscription.offset = item.offset;
    }
    // What was missed stands in the reply.
    const auto& queue = subscriber.to_read;
    if (!queue.empty() && queue.front().kind == Kind::delivery && queue.front().flags & kReplayed)
        read(subscriber);
}

void World::end(Subscriber& subscriber, std::uint32_t code) {
    Record record = line_of(subscriber, Kind::lost);
    record.code = code;
    write(record);
    subscriber.connected = false;
    subscriber.to_read.clear();
    for (auto& [channel, subscription] : subscriber.subscriptions) {
        subscription.asked = false;
        subscription.at_broker = false;
    }
}

// Some of what was under way arrives.
void World::cut(Subscriber& subscriber) {
    if (!subscriber.connected) return;
    for (auto left = random_() % 4; left > 0; --left) {
        if (!subscriber.to_read.empty() && subscriber.to_read.front().kind == Kind::lost) break;
        read(subscriber);
    }
    end(subscriber, 0);
}

void World::close_slow(Subscriber& subscriber) {
    if (!subscriber.connected || subscriber.closed) return;
    subscriber.closed = true;
    auto& queue = subscriber.to_read;
    std::size_t stays = random_() % (queue.size() + 1);
    while (stays < queue.size() && queue[stays].flags & kReplayed && queue[stays].kind == Kind::delivery)
        ++stays;  // one reply
    counts_["unsent"] += static_cast<std::uint64_t>(
        std::count_if(queue.begin() + static_cast<std::ptrdiff_t>(stays), queue.end(), is_copy));
    ++counts_["closed_slow"];
    queue.resize(stays);
    Record close = line_of(subscriber, Kind::lost);
    close.code = kSlow;
    queue.push_back(close);
    for (auto& [channel, subscription] : subscriber.subscriptions)
        subscription.at_broker = false;
}

// The reply to it comes after all that was handed out before.
void World::leave(Subscriber& subscriber, std::uint32_t channel) {
    const auto found = subscriber.subscriptions.find(channel);
    if (found == subscriber.subscriptions.end() || !found->second.at_broker || subscriber.frozen) return;
    if (!is_stream(channel)) {
        counts_["unsent"] += std::erase_if(subscriber.to_read, [&](const Record& each) {
            return each.channel == channel && each.kind == Kind::delivery;
        });
    }
    while (!subscriber.to_read.empty())
        read(subscriber);
    if (!subscriber.connected) return;
    found->second.wanted = false;
    found->second.asked = false;
    found->second.at_broker = false;
    write(line_of(subscriber, Kind::leaving, channel));
}

void World::freeze(Subscriber& subscriber, bool on) {
    if (subscriber.frozen == on) return;
    subscriber.frozen = on;
    write(line_of(subscriber, on ? Kind::frozen : Kind::thawed));
}

void World::calm() {
    for (Subscriber& each : subscribers_) {
        freeze(each, false);
        for (auto& [channel, subscription] : each.subscriptions)
            subscription.wanted = true;
    }
    for (Publisher& each : publishers_) {
        while (!each.to_broker.empty())
            take(each);
        while (!each.to_publisher.empty())
            read_outcome(each);
    }
    for (Subscriber& each : subscribers_) {
        for (int round = 0; round < 3; ++round) {
            while (!each.to_read.empty())
                read(each);
            if (!each.connected) connect(each);
            ask(each);
        }
    }
}

void World::last_publications() {
    for (const auto& [channel, rules] : channels_) {
        publish(publishers_[0], channel);
        take(publishers_[0], false);
        read_outcome(publishers_[0]);
    }
    for (Subscriber& each : subscribers_) {
        while (!each.to_read.empty())
            read(each);
        for (const auto& [channel, subscription] : each.subscriptions)
            write(line_of(each, Kind::done, channel));
    }
}

void World::tell_counts() {
    Record asked;
    asked.kind = Kind::counting;
    write(asked);
    for (const char* name : kCounts) {
        Record record;
        record.kind = Kind::counted;
        record.channel = history_.channels.number_of(name);
        record.offset = counts_[name];
        write(record);
    }
}

}  // namespace

History simulate(std::uint32_t seed, int steps) {
    return World(seed).run(steps);
}

}  // namespace fairlead::audit
