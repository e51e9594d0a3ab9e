// SPDX-License-Identifier: Apache-2.0
#include "edge/lag.h"

#include <catch2/catch.hpp>
#include <string>
#include <variant>
#include <vector>

#include "client_frames.h"
#include "edge_fixture.h"

using namespace std::chrono_literals;
using namespace fairlead;
using namespace fairlead::edge;
using namespace fairlead::edge::test;
using core::SlowReader;

namespace {

constexpr std::size_t kBudget = 100'000;

Options small_queue() {
    Options options;
    options.max_queue_bytes = kBudget;
    return options;
}

/// A connected client that reads only when it is told to, and the other parties' parts in what happens to it.
class Reader {
public:
    explicit Reader(Options options = small_queue()) : thread(std::move(options)), peer(thread.connect()) {
        thread.write(peer, upgrade_request());
        thread.read(peer);
        thread.write(peer, text(R"({"connect":{},"id":1})"));
        core::Connected answer;
        answer.client = std::get<std::unique_ptr<core::Connect>>(thread.posted().at(0))->client;
        answer.id = 1;
        answer.client_id = "tag-1";
        peer.connection->session().on(std::move(answer));
        take();
    }

    const Channel& subscribe(const std::string& channel) {
        peer.connection->session().on(core::Subscribed{{}, 2, channel});
        take();
        return *thread.context.channels.find(channel);
    }

    /// Something that stays in the kernel, so that nothing more leaves.
    void stop_reading() {
        const FramePtr filling = Frame::make(Opcode::text, std::string(5'000, '-'));
        while (!peer.connection->blocked()) {
            peer.connection->send(filling);
            thread.flush();
        }
    }

    /// As the edge does it.
    void publish(const Channel& channel, SlowReader policy, const std::string& data, std::uint64_t key = 0,
                 bool recoverable = false) {
        const FramePtr frame = Frame::make(Opcode::text, data, Content{channel.id, key, policy, recoverable});
        for (std::size_t i = channel.subscribers.size(); i-- > 0;) {
            const bool last_one = i == 0 && channel.subscribers.size() == 1;
            if (channel.subscribers[i].gap == Gap::none)
                channel.subscribers[i].session->connection().send(frame);
            if (last_one) break;  // the channel may be gone with it
        }
        thread.flush();
    }

    /// All publications and answers that are there for it, once it reads again.
    std::vector<std::string> take() {
        std::string bytes;
        for (std::string more; peer.connection->open();) {
            thread.flush();
            more = thread.read(peer);
            if (more.empty() && !peer.connection->blocked()) break;
            bytes += more;
            peer.connection->on_ready(EPOLLOUT);
        }
        bytes += thread.read(peer);
        std::vector<std::string> payloads;
        for (const ServerFrame& frame : server_frames(bytes)) {
            if (frame.payload.find('-') != 0) payloads.push_back(frame.payload);
        }
        return payloads;
    }

    std::vector<core::Lagged> lagged() {
        std::vector<core::Lagged> all;
        for (auto& message : thread.posted()) {
            if (auto* one = std::get_if<core::Lagged>(&message)) all.push_back(std::move(*one));
        }
        return all;
    }

    const Counts& counts() const { return thread.context.counts; }

    Thread thread;
    Peer peer;
};

/// A text with a number in front, of about a thousand bytes.
std::string numbered(int number) {
    return std::to_string(number) + " " + std::string(900, 'x');
}

std::vector<int> numbers(const std::vector<std::string>& texts) {
    std::vector<int> all;
    for (const std::string& each : texts)
        all.push_back(std::stoi(each));
    return all;
}

std::vector<int> range(int first, int count) {
    std::vector<int> all;
    for (int i = 0; i < count; ++i)
        all.push_back(first + i);
    return all;
}

constexpr int kMany = 500;  // five budgets

}  // namespace

TEST_CASE("T14: disconnect closes, and core is told who did not read before it is told of the end",
          "[edge][lag]") {
    Reader reader;
    const Channel& channel = reader.subscribe("news");
    reader.stop_reading();
    for (int i = 0; i < kMany && reader.peer.connection->open(); ++i)
        reader.publish(channel, SlowReader::disconnect, numbered(i));
    CHECK_FALSE(reader.peer.connection->open());
    CHECK(reader.counts().slow == 1);
    CHECK(reader.counts().lagging == 0);
    const auto posted = reader.thread.posted();
    REQUIRE(posted.size() == 2);
    const auto& lagged = std::get<core::Lagged>(posted[0]);
    CHECK(lagged.client == reader.peer.connection->session().key());
    CHECK(lagged.channel == "news");
    CHECK(lagged.act == SlowReader::disconnect);
    CHECK(lagged.bytes > kBudget / 2);
    CHECK_FALSE(lagged.recover);
    CHECK(std::get<core::Disconnected>(posted[1]).code == 3008);
}

TEST_CASE("T14: drop_newest keeps what came first", "[edge][lag]") {
    Reader reader;
    const Channel& channel = reader.subscribe("news");
    reader.stop_reading();
    for (int i = 0; i < kMany; ++i)
        reader.publish(channel, SlowReader::drop_newest, numbered(i));
    CHECK(reader.peer.connection->queued_bytes() <= kBudget);
    const auto came = numbers(reader.take());
    REQUIRE(came.size() > 50);
    CHECK(came == range(0, static_cast<int>(came.size())));
    CHECK(reader.counts().dropped[static_cast<std::size_t>(SlowReader::drop_newest)] == kMany - came.size());
    CHECK(reader.counts().gaps == 0);
    reader.publish(channel, SlowReader::drop_newest, numbered(kMany));
    CHECK(numbers(reader.take()) == range(kMany, 1));
    CHECK(reader.thread.context.queued_bytes == 0);
}

TEST_CASE("T14: drop_oldest keeps what came last, in order", "[edge][lag]") {
    Reader reader;
    const Channel& channel = reader.subscribe("news");
    reader.stop_reading();
    for (int i = 0; i < kMany; ++i) {
        reader.publish(channel, SlowReader::drop_oldest, numbered(i));
        REQUIRE(reader.peer.connection->queued_bytes() <= kBudget);
    }
    const auto came = numbers(reader.take());
    REQUIRE(came.size() > 50);
    CHECK(came == range(kMany - static_cast<int>(came.size()), static_cast<int>(came.size())));
    CHECK(reader.counts().dropped[static_cast<std::size_t>(SlowReader::drop_oldest)] == kMany - came.size());
    CHECK(reader.thread.context.queued_bytes == 0);
}

TEST_CASE(
    "T14: drop_oldest takes nothing that may not give way, and drops what comes if there is nothing else",
    "[edge][lag]") {
    Reader reader;
    const Channel& strict = reader.subscribe("orders");
    const Channel& channel = reader.subscribe("news");
    reader.stop_reading();
    int strict_ones = 0;
    while (reader.peer.connection->queued_bytes() + 2'000 < kBudget)
        reader.publish(strict, SlowReader::disconnect, numbered(strict_ones++));
    for (int i = 0; i < 10; ++i)
        reader.publish(channel, SlowReader::drop_oldest, std::to_string(1'000 + i) + std::string(3'000, 'x'));
    CHECK(reader.peer.connection->open());
    CHECK(numbers(reader.take()) == range(0, strict_ones));
    CHECK(reader.counts().dropped[static_cast<std::size_t>(SlowReader::drop_oldest)] == 10);
}

TEST_CASE("T14: conflate keeps the newest of each key, in the place of the first", "[edge][lag]") {
    Reader reader;
    const Channel& channel = reader.subscribe("prices");
    for (int i = 0; i < 6; ++i)
        reader.publish(channel, SlowReader::conflate, std::to_string(i), i % 3);
    CHECK(numbers(reader.take()) == range(0, 6));  // who reads gets each of them
    CHECK(reader.counts().conflated == 0);
    reader.stop_reading();
    for (int i = 0; i < 3'000; ++i)
        reader.publish(channel, SlowReader::conflate, std::to_string(i), i % 3);
    CHECK(numbers(reader.take()) == range(2'997, 3));
    CHECK(reader.counts().conflated == 2'997);
    CHECK(reader.counts().lagging == 0);
}

TEST_CASE("T14: conflating with ever larger values stays within the budget", "[edge][lag]") {
    Reader reader;
    const Channel& channel = reader.subscribe("prices");
    reader.stop_reading();
    for (const std::size_t size : {10U, 1'000U, 5'000U}) {
        for (std::uint64_t key = 1; key <= 100; ++key) {
            reader.publish(channel, SlowReader::conflate, std::string(size, 'x'), key);
            REQUIRE(reader.peer.connection->queued_bytes() <= kBudget);
        }
    }
    CHECK(reader.counts().dropped[static_cast<std::size_t>(SlowReader::conflate)] > 50);
}

TEST_CASE("every copy is read, or counted as dropped, conflated or unsent", "[edge][lag]") {
    const auto policy = GENERATE(SlowReader::disconnect, SlowReader::drop_newest, SlowReader::drop_oldest,
                                 SlowReader::conflate);
    const bool recoverable = GENERATE(false, true);
    const auto end = GENERATE(std::string("read"), std::string("unsubscribe"), std::string("lose"));
    Reader reader;
    const Channel& channel = reader.subscribe("news");
    reader.stop_reading();
    std::uint64_t published = 0;
    while (published < kMany && reader.peer.connection->open() && channel.subscribers[0].gap == Gap::none) {
        ++published;
        reader.publish(channel, policy, numbered(1), published % 90, recoverable);
    }
    if (reader.peer.connection->open() && end == "unsubscribe")
        reader.peer.connection->session().on(core::Unsubscribed{{}, 9, "news"});
    std::uint64_t came = 0;
    if (end == "lose") {
        ::shutdown(reader.peer.socket, SHUT_RDWR);
        while (!reader.peer.connection->gone()) {
            reader.peer.connection->on_ready(EPOLLIN | EPOLLOUT | EPOLLHUP);
            reader.thread.flush();
        }
    } else {
        for (const std::string& each : reader.take())
            came += each.find("xxx") != std::string::npos ? 1 : 0;
    }
    std::uint64_t dropped = 0;
    for (const auto& each : reader.counts().dropped)
        dropped += each;
    const std::uint64_t unsent = reader.counts().unsent;
    CHECK(came + dropped + reader.counts().conflated + unsent == published);
    CHECK((unsent > 0) == (end != "read" || policy == SlowReader::disconnect));
}

TEST_CASE("T14: in a recoverable channel what comes is a beginning, and then core is told of the gap once",
          "[edge][lag]") {
    const auto policy = GENERATE(SlowReader::drop_newest, SlowReader::drop_oldest, SlowReader::conflate);
    Reader reader;
    const Channel& channel = reader.subscribe("log");
    const Channel& other = reader.subscribe("other");
    reader.stop_reading();
    for (int i = 0; i < kMany; ++i)
        reader.publish(channel, policy, numbered(i), 7, true);
    for (const core::Lagged& each : reader.lagged())
        CHECK_FALSE(each.recover);
    CHECK(reader.counts().gaps == 1);
    const auto came = numbers(reader.take());
    REQUIRE(came.size() > 50);
    CHECK(came == range(0, static_cast<int>(came.size())));
    const auto lagged = reader.lagged();
    REQUIRE(lagged.size() == 1);
    CHECK(lagged[0].recover);
    CHECK(lagged[0].channel == "log");
    // Until core has ended the subscription there is nothing more of this channel, and all of others.
    reader.publish(channel, policy, numbered(kMany), 7, true);
    reader.publish(other, policy, numbered(1), 7, true);
    CHECK(numbers(reader.take()) == range(1, 1));
    reader.stop_reading();
    for (int i = 0; i < kMany; ++i)
        reader.publish(other, policy, numbered(i), 7, true);
    reader.take();
    const auto more = reader.lagged();
    REQUIRE(more.size() == 1);
    CHECK(more[0].channel == "other");
    reader.peer.connection->session().on(core::Dropped{{}, "log", 2500, "insufficient state"});
    const Channel& again = reader.subscribe("log");
    reader.publish(again, policy, numbered(7), 7, true);
    CHECK(numbers(reader.take()) == range(7, 1));
    CHECK(reader.lagged().empty());
}

TEST_CASE("T14: a recoverable channel that gives way to another goes from its hole on", "[edge][lag]") {
    Reader reader;
    const Channel& log = reader.subscribe("log");
    const Channel& news = reader.subscribe("news");
    reader.stop_reading();
    for (int i = 0; i < 50; ++i)
        reader.publish(log, SlowReader::drop_oldest, numbered(i), 0, true);
    for (int i = 0; i < kMany; ++i)
        reader.publish(news, SlowReader::drop_oldest, numbered(1'000 + i));
    const auto came = numbers(reader.take());
    CHECK(came.front() >= 1'000);
    CHECK(came.back() == 1'000 + kMany - 1);
    const auto lagged = reader.lagged();
    REQUIRE(lagged.size() == 2);
    CHECK_FALSE(lagged[0].recover);
    CHECK(lagged[1].recover);
    CHECK(lagged[1].channel == "log");
    CHECK(reader.counts().gaps == 1);
}

TEST_CASE(
    "T14: answers are never dropped: data gives way to them, and if that does not do the client is closed",
    "[edge][lag]") {
    Reader reader;
    const Channel& channel = reader.subscribe("news");
    reader.stop_reading();
    for (int i = 0; i < kMany; ++i)
        reader.publish(channel, SlowReader::drop_newest, numbered(i));
    const std::string answer(40'000, '+');
    reader.peer.connection->send_text(answer);
    reader.thread.flush();
    REQUIRE(reader.peer.connection->open());
    CHECK(reader.peer.connection->queued_bytes() <= kBudget);
    SECTION("it comes, behind what is left") {
        const auto came = reader.take();
        CHECK(came.back() == answer);
        REQUIRE(came.size() > 10);
        CHECK(std::stoi(came.front()) > 10);  // the oldest gave way
    }
    SECTION("over the budget with answers alone") {
        for (int i = 0; i < 3; ++i)
            reader.peer.connection->send_text(answer);
        CHECK_FALSE(reader.peer.connection->open());
        CHECK(reader.counts().slow == 1);
    }
}

TEST_CASE("T14: what waits for longer than it may counts like a full queue", "[edge][lag]") {
    const auto policy = GENERATE(SlowReader::disconnect, SlowReader::drop_newest, SlowReader::drop_oldest);
    Options options = small_queue();
    options.ping_interval = 1h;
    const bool limited = GENERATE(true, false);
    if (!limited) options.max_queue_age = 0ms;
    Reader reader(options);
    const Channel& channel = reader.subscribe("news");
    reader.stop_reading();
    for (int i = 0; i < 5; ++i)
        reader.publish(channel, policy, numbered(i));
    reader.thread.advance(10s);
    reader.publish(channel, policy, numbered(5));
    REQUIRE(reader.peer.connection->open());
    reader.thread.advance(1ms);
    for (int i = 6; i < 9 && reader.peer.connection->open();
         ++i)  // the channel goes with its only subscriber
        reader.publish(channel, policy, numbered(i));
    CHECK(reader.peer.connection->open() == (!limited || policy != SlowReader::disconnect));
    if (!reader.peer.connection->open()) return;
    const auto came = numbers(reader.take());
    if (!limited) {
        CHECK(came == range(0, 9));
    } else {
        CHECK(came == (policy == SlowReader::drop_newest ? range(0, 6) : range(3, 6)));
        CHECK(reader.lagged().at(0).age == 10'001ms);
    }
    reader.publish(channel, policy, numbered(9));  // it has read, so nothing is old
    CHECK(numbers(reader.take()) == range(9, 1));
}

TEST_CASE("T14: the age goes by what still waits", "[edge][lag]") {
    Options options = small_queue();
    options.ping_interval = 1h;
    options.max_queue_bytes = 10 * kBudget;
    Reader reader(options);
    const Channel& channel = reader.subscribe("news");
    reader.stop_reading();
    int sent = 0;
    // It never has all, and what it gets never waits for long.
    while (sent < 300)
        reader.publish(channel, SlowReader::disconnect, numbered(sent++));
    for (int second = 0; second < 60; ++second) {
        for (int i = 0; i < 60; ++i)
            reader.publish(channel, SlowReader::disconnect, numbered(sent++));
        reader.thread.advance(1s);
        std::string bytes(70'000, '\0');
        REQUIRE(::recv(reader.peer.socket, bytes.data(), bytes.size(), MSG_WAITALL) > 0);
        reader.peer.connection->on_ready(EPOLLOUT);
        REQUIRE(reader.peer.connection->open());
    }
}

TEST_CASE("T14: the newest of a key does not become old", "[edge][lag]") {
    Options options = small_queue();
    options.ping_interval = 1h;
    Reader reader(options);
    const Channel& channel = reader.subscribe("prices");
    reader.stop_reading();
    for (int key = 0; key < 3; ++key)
        reader.publish(channel, SlowReader::conflate, std::to_string(key), key);
    reader.thread.advance(60s);
    reader.publish(channel, SlowReader::conflate, "3", 3);
    CHECK(numbers(reader.take()) == range(0, 4));
}

TEST_CASE(
    "T14: a client lags from half of its budget until it has drained, and core hears of it once in a while",
    "[edge][lag]") {
    Reader reader;
    const Channel& channel = reader.subscribe("news");
    const auto lag = [&] {
        reader.stop_reading();
        for (int i = 0; i < kMany; ++i)
            reader.publish(channel, SlowReader::drop_newest, numbered(i));
    };
    reader.stop_reading();
    int sent = 0;
    while (reader.peer.connection->queued_bytes() <= kBudget / 2 - 1'000)
        reader.publish(channel, SlowReader::drop_newest, numbered(sent++));
    CHECK(reader.counts().lagging == 0);
    for (int i = 0; i < 3; ++i)
        reader.publish(channel, SlowReader::drop_newest, numbered(sent++));
    CHECK(reader.counts().lagging == 1);
    CHECK(reader.lagged().empty());  // nothing was done to it yet
    lag();
    CHECK(reader.counts().lagging == 1);
    auto told = reader.lagged();
    REQUIRE(told.size() == 1);
    CHECK(told[0].act == SlowReader::drop_newest);
    CHECK(told[0].channel == "news");
    CHECK(told[0].dropped == 1);
    reader.take();
    CHECK(reader.counts().lagging == 0);
    lag();
    CHECK(reader.counts().lagging == 1);
    CHECK(reader.lagged().empty());  // too soon after the last
    reader.take();
    reader.thread.advance(10s);
    lag();
    CHECK(reader.lagged().size() == 1);
    ::shutdown(reader.peer.socket, SHUT_RDWR);
    reader.peer.connection->on_ready(EPOLLHUP);
    CHECK(reader.counts().lagging == 0);
}

TEST_CASE("T15: who does not read its answers is not read from, and not taken for dead", "[edge][lag]") {
    Reader reader;
    const auto say = [&](const std::string& bytes) {
        CHECK(::send(reader.peer.socket, bytes.data(), bytes.size(), 0) > 0);
    };
    reader.thread.advance(reader.thread.options.ping_interval);
    CHECK(reader.take() == std::vector<std::string>{"{}"});  // the ping is there, its pong is not
    say(client_frame(0x01, "{").substr(0, 3));
    reader.peer.connection->on_ready(EPOLLIN);  // and a message has begun
    reader.stop_reading();
    CHECK_FALSE(reader.peer.connection->paused());
    while (reader.peer.connection->queued_bytes() < kBudget / 2 + 10'000)
        reader.peer.connection->send_text(std::string(9'000, '+'));
    CHECK(reader.peer.connection->paused());
    reader.thread.advance(reader.thread.options.pong_timeout + 20ms);
    reader.thread.advance(reader.thread.options.message_timeout + 20ms);
    REQUIRE(reader.peer.connection->open());
    reader.take();
    CHECK_FALSE(reader.peer.connection->paused());
    SECTION("its time goes on when it is read from") {
        reader.thread.advance(reader.thread.options.pong_timeout + 20ms);
        reader.thread.advance(reader.thread.options.pong_timeout + 20ms);
        CHECK_FALSE(reader.peer.connection->open());
    }
}

TEST_CASE("T15: a client that is slow for its publications is still heard", "[edge][lag]") {
    const auto policy = GENERATE(SlowReader::drop_newest, SlowReader::drop_oldest);
    Reader reader;
    const Channel& channel = reader.subscribe("news");
    reader.stop_reading();
    for (int i = 0; i < kMany; ++i)
        reader.publish(channel, policy, numbered(i));
    reader.peer.connection->send_text("an answer");
    CHECK(reader.peer.connection->queued_bytes() > kBudget / 2);
    CHECK_FALSE(reader.peer.connection->paused());
    reader.thread.posted();
    reader.thread.write(reader.peer, text(R"({"unsubscribe":{"channel":"news"},"id":3})"));
    CHECK(std::holds_alternative<core::Unsubscribe>(reader.thread.posted().at(0)));
}
