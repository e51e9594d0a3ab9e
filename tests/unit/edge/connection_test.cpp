// SPDX-License-Identifier: Apache-2.0
#include "edge/connection.h"

#include <catch2/catch.hpp>
#include <string>
#include <variant>

#include "client_frames.h"
#include "edge_fixture.h"

using namespace std::chrono_literals;
using namespace fairlead;
using namespace fairlead::edge;
using namespace fairlead::edge::test;

namespace {

Peer upgraded(Thread& thread) {
    Peer peer = thread.connect();
    thread.write(peer, upgrade_request());
    REQUIRE(thread.read(peer).rfind("HTTP/1.1 101", 0) == 0);
    return peer;
}

// Connected, with core's part played by the test.
Peer connected(Thread& thread) {
    Peer peer = upgraded(thread);
    thread.write(peer, text(R"({"connect":{},"id":1})"));
    auto posted = thread.posted();
    REQUIRE(posted.size() == 1);
    core::Connected answer;
    answer.client = std::get<std::unique_ptr<core::Connect>>(posted[0])->client;
    answer.id = 1;
    answer.client_id = "tag-1";
    peer.connection->session().on(std::move(answer));
    thread.flush();
    thread.read(peer);
    return peer;
}

ServerFrame only_frame(Thread& thread, const Peer& peer) {
    auto frames = server_frames(thread.read(peer));
    REQUIRE(frames.size() == 1);
    return frames[0];
}

}  // namespace

TEST_CASE("T2: who has not connected stands in the order of its last step, until it has or is gone", "[edge][connection]") {
    Thread thread;
    Peer waiting = thread.connect();
    Peer silent = thread.connect();
    Peer client = connected(thread);
    Peer last = thread.connect();
    thread.write(waiting, upgrade_request());
    std::list<Connection*> newcomers{silent.connection, last.connection, waiting.connection};
    CHECK(thread.context.newcomers == newcomers);
    thread.context.newcomers.front()->give_way();
    CHECK(silent.connection->gone());
    waiting.connection->give_way();
    client.connection->close(1000, {});
    CHECK(thread.context.newcomers == std::list<Connection*>{last.connection});
    CHECK(thread.context.counts.refused == 2);
    CHECK(thread.admission.clients() == 2);
}

TEST_CASE("T13: who goes on sending after the close is not read without end", "[edge][connection]") {
    Thread thread;
    Peer peer = connected(thread);
    thread.write(peer, text("no json"));
    CHECK_FALSE(peer.connection->open());
    const std::string piece(64 * 1024, 'x');
    int pieces = 0;
    for (; !peer.connection->gone() && pieces < 1000; ++pieces) thread.write(peer, piece);
    CHECK(pieces > 16);
    CHECK(pieces <= 8 * 16 + 1);
}

TEST_CASE("an upgrade is answered with the accept key of the RFC", "[edge][connection]") {
    Thread thread;
    Peer peer = thread.connect();
    SECTION("in one piece") { thread.write(peer, upgrade_request()); }
    SECTION("byte by byte") {
        for (char c : upgrade_request()) thread.write(peer, std::string_view(&c, 1));
    }
    std::string answer = thread.read(peer);
    CHECK(answer.rfind("HTTP/1.1 101 Switching Protocols\r\n", 0) == 0);
    CHECK(answer.find("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") != std::string::npos);
    CHECK(answer.find("Sec-WebSocket-Protocol") == std::string::npos);
    CHECK(answer.find("Server:") == std::string::npos);
}

TEST_CASE("a subprotocol is selected only if it is ours and was offered", "[edge][connection]") {
    Thread thread;
    Peer peer = thread.connect();
    thread.write(peer, upgrade_request("Sec-WebSocket-Protocol: other, centrifuge-json\r\n"));
    std::string answer = thread.read(peer);
    CHECK(answer.rfind("HTTP/1.1 101", 0) == 0);
    CHECK(answer.find("Sec-WebSocket-Protocol: centrifuge-json\r\n") != std::string::npos);
}

TEST_CASE("frames that come right behind the request are not lost", "[edge][connection]") {
    Thread thread;
    Peer peer = thread.connect();
    thread.write(peer, upgrade_request() + text(R"({"connect":{},"id":1})"));
    CHECK(thread.posted().size() == 1);
}

TEST_CASE("a refused upgrade is an HTTP answer and then the end", "[edge][connection]") {
    Thread thread;
    Peer peer = thread.connect();
    thread.write(peer, "GET /elsewhere HTTP/1.1\r\nHost: app.example\r\n\r\n");
    std::string answer = thread.read(peer);
    CHECK(answer.rfind("HTTP/1.1 404 Not Found\r\n", 0) == 0);
    thread.advance(thread.options.linger + 20ms);
    CHECK(peer.connection->gone());
    CHECK(thread.posted().empty());
}

TEST_CASE("T2, T9: who does not upgrade in time is dropped, who does not connect in time is closed 3502", "[edge][connection]") {
    Thread thread;
    Peer silent = thread.connect();
    Peer idle = upgraded(thread);
    thread.advance(thread.options.upgrade_timeout + 20ms);
    CHECK(silent.connection->gone());
    REQUIRE(idle.connection->open());
    thread.advance(thread.options.connect_timeout);
    CHECK(only_frame(thread, idle).close_code() == 3502);
}

TEST_CASE("connect hands the verified claims to core and its answer comes first", "[edge][session]") {
    Thread thread;
    Peer peer = upgraded(thread);
    thread.write(peer, text(R"({"connect":{"token":"ada","name":"js"},"id":1})" "\n" R"({"rpc":{"method":"a.b"},"id":2})"));
    auto posted = thread.posted();
    REQUIRE(posted.size() == 2);
    auto& connect = std::get<std::unique_ptr<core::Connect>>(posted[0]);
    CHECK(connect->claims->user == "ada");
    CHECK(connect->meta == "\x81\xa4plan\xa4gold");
    CHECK(connect->name == "js");
    CHECK(std::get<core::Call>(posted[1]).topic == "a.b");

    core::Connected answer;
    answer.id = 1;
    answer.client_id = "tag-1";
    answer.ttl = 600s;
    answer.channels.push_back({"user:ada", false, nullptr});
    peer.connection->session().on(std::move(answer));
    peer.connection->session().on(core::Answered{{}, 2, "\xc3"});
    thread.flush();
    CHECK(only_frame(thread, peer).payload ==
          R"({"id":1,"connect":{"client":"tag-1","version":"test","expires":true,"ttl":600,"subs":{"user:ada":{}},)"
          R"("ping":25,"pong":true}})" "\n" R"({"id":2,"rpc":{"data":true}})");
}

TEST_CASE("a forged token closes, an expired one is an error after which nothing is heard", "[edge][session]") {
    Thread thread;
    Peer forged = upgraded(thread);
    thread.write(forged, text(R"({"connect":{"token":"forged"},"id":1})"));
    CHECK(only_frame(thread, forged).close_code() == 3500);

    Peer expired = upgraded(thread);
    thread.write(expired, text(R"({"connect":{"token":"expired"},"id":1})" "\n" R"({"subscribe":{"channel":"a"},"id":2})"));
    CHECK(only_frame(thread, expired).payload == R"({"id":1,"error":{"code":109,"message":"token expired"}})");
    CHECK(thread.posted().empty());
    thread.advance(thread.options.connect_timeout + 20ms);
    CHECK(only_frame(thread, expired).close_code() == 3502);
}

TEST_CASE("what breaks the protocol is closed with the code that it says", "[edge][session]") {
    struct Row {
        std::string message;
        unsigned code;
    };
    const Row rows[] = {
        {R"({"connect":{},"id":2})", 3501},  // a second connect
        {"", 3501},
        {"{", 3501},
        {"[]", 3501},
        {"{} {}", 3501},
        {R"({"id":3})", 3501},
        {R"({"id":-1,"rpc":{}})", 3501},
        {R"({"id":3,"subscribe":{}})", 3501},
        {R"({"id":3,"refresh":{}})", 3501},
        {"{}", 3501},  // a pong without a ping
    };
    for (const Row& row : rows) {
        CAPTURE(row.message);
        Thread thread;
        Peer peer = connected(thread);
        thread.write(peer, text(row.message));
        CHECK(only_frame(thread, peer).close_code() == row.code);
        auto posted = thread.posted();
        REQUIRE(posted.size() == 1);
        CHECK(std::get<core::Disconnected>(posted[0]).code == row.code);
    }
}

TEST_CASE("any command before connect closes 3501", "[edge][session]") {
    Thread thread;
    Peer peer = upgraded(thread);
    thread.write(peer, text(R"({"subscribe":{"channel":"a"},"id":1})"));
    CHECK(only_frame(thread, peer).close_code() == 3501);
    CHECK(thread.posted().empty());
}

TEST_CASE("what is well-formed but not carried is error 107 and the connection stays", "[edge][session]") {
    Thread thread;
    Peer peer = connected(thread);
    thread.write(peer, text(R"({"publish":{"channel":"a","data":"\ud800"},"id":7})"));
    CHECK(only_frame(thread, peer).payload.find(R"({"id":7,"error":{"code":107)") == 0);
    CHECK(peer.connection->open());
}

TEST_CASE("a connect that is not carried is refused, and nothing after it is heard", "[edge][session]") {
    Thread thread;
    Peer peer = upgraded(thread);
    thread.write(peer, text(R"({"connect":{"data":1e400},"id":1})" "\n" R"({"subscribe":{"channel":"a"},"id":2})"));
    CHECK(only_frame(thread, peer).payload.find(R"({"id":1,"error":{"code":107)") == 0);
    CHECK(thread.posted().empty());
}

TEST_CASE("a publish keeps the bytes of its data but for white space", "[edge][session]") {
    Thread thread;
    Peer peer = connected(thread);
    thread.write(peer, text(R"({"publish":{"channel":"a","data":{"n": 1.0,"big":12345678901234567890}},"id":2})"));
    auto posted = thread.posted();
    REQUIRE(posted.size() == 1);
    CHECK(std::get<core::Publish>(posted[0]).data.bytes == R"({"n":1.0,"big":12345678901234567890})");
}

TEST_CASE("the server pings, a pong keeps the client, none closes 3012", "[edge][session]") {
    Thread thread;
    Peer good = connected(thread);
    Peer bad = connected(thread);
    thread.advance(thread.options.ping_interval);
    CHECK(only_frame(thread, good).payload == "{}");
    CHECK(only_frame(thread, bad).payload == "{}");
    thread.write(good, text("{}"));
    thread.advance(thread.options.pong_timeout + 20ms);
    CHECK(good.connection->open());
    CHECK(only_frame(thread, bad).close_code() == 3012);
}

TEST_CASE("T15: commands over the rate get 111, and who goes on is closed 3013", "[edge][session]") {
    Options options;
    options.commands = {10, 5};
    Thread thread(options);
    Peer peer = connected(thread);
    std::string flood = text(R"({"rpc":{"method":"a"},"id":2})");
    for (int i = 0; i < 5; ++i) thread.write(peer, flood);
    auto frames = server_frames(thread.read(peer));
    REQUIRE(frames.size() == 1);
    CHECK(frames[0].payload.find(R"("code":111)") != std::string::npos);
    CHECK(thread.posted().size() == 4);  // connect took one of the five
    for (int i = 0; i < 5; ++i) thread.write(peer, flood);
    frames = server_frames(thread.read(peer));
    CHECK(frames.back().close_code() == 3013);
}

TEST_CASE("T11, T13: fragments and control frames are bounded", "[edge][connection]") {
    Thread thread;
    SECTION("endless empty continuations") {
        Peer peer = connected(thread);
        std::string flood = client_frame(0x01, "");
        for (int i = 0; i < 70; ++i) flood += client_frame(0x00, "");
        thread.write(peer, flood);
        CHECK(only_frame(thread, peer).close_code() == 1008);
    }
    SECTION("a message that is never completed") {
        Peer peer = connected(thread);
        thread.write(peer, client_frame(0x01, "{"));
        thread.advance(thread.options.message_timeout + 20ms);
        CHECK(only_frame(thread, peer).close_code() == 1008);
    }
    SECTION("pings are answered up to the rate") {
        Peer peer = connected(thread);
        for (int i = 0; i < 21; ++i) thread.write(peer, client_frame(0x89, "hi"));
        auto frames = server_frames(thread.read(peer));
        REQUIRE(frames.size() == 21);
        CHECK(frames[0].opcode == 10);
        CHECK(frames[0].payload == "hi");
        CHECK(frames[20].close_code() == 1008);
    }
    SECTION("pongs that nobody asked for count as well") {
        Peer peer = connected(thread);
        for (int i = 0; i < 21; ++i) thread.write(peer, client_frame(0x8a, ""));
        CHECK(only_frame(thread, peer).close_code() == 1008);
    }
}

TEST_CASE("T10: a message over the limit is closed 1009 by its declared length", "[edge][connection]") {
    Thread thread;
    Peer peer = connected(thread);
    thread.write(peer, std::string("\x81\xff\x00\x00\x00\x00\x00\x01\x00\x01....", 14));
    CHECK(only_frame(thread, peer).close_code() == 1009);
}

TEST_CASE("T14: a client that does not read is closed when its queue is over the limit", "[edge][connection]") {
    Options options;
    options.max_queue_bytes = 100'000;
    Thread thread(options);
    Peer peer = connected(thread);
    FramePtr frame = Frame::make(Opcode::text, std::string(10'000, 'x'), {5});
    int sent = 0;
    while (peer.connection->open() && sent < 1000) {
        peer.connection->send(frame);
        thread.flush();
        ++sent;
        REQUIRE(peer.connection->queued_bytes() <= options.max_queue_bytes + 10'100);
    }
    CHECK(sent < 1000);
    CHECK(thread.context.counts.slow == 1);
    CHECK(thread.context.queued_bytes < 11'000);  // the data is gone, the close frame waits behind one that had begun
    auto posted = thread.posted();
    REQUIRE(posted.size() == 2);
    CHECK(std::get<core::Lagged>(posted[0]).act == core::SlowReader::disconnect);
    CHECK(std::get<core::Disconnected>(posted[1]).code == 3008);
}

TEST_CASE("T15: a client over its bytes a second is not read from for a while", "[edge][connection]") {
    Options options;
    options.max_bytes_per_second = 1000;
    options.max_message_bytes = 4096;
    Thread thread(options);
    Peer peer = connected(thread);
    std::string big = text(R"({"send":{"data":")" + std::string(1500, 'x') + "\"}}");
    thread.write(peer, big);
    CHECK(thread.posted().size() == 1);
    CHECK(peer.connection->paused());
    thread.advance(1600ms);
    CHECK_FALSE(peer.connection->paused());
}

TEST_CASE("T15: a pause that ends when its connection has gone does no harm", "[edge][connection]") {
    Options options;
    options.max_bytes_per_second = 1000;
    Thread thread(options);
    Peer peer = connected(thread);
    thread.write(peer, text(R"({"send":{"data":")" + std::string(1500, 'x') + "\"}}"));
    REQUIRE(peer.connection->paused());
    ::shutdown(peer.socket, SHUT_RDWR);
    peer.connection->on_ready(EPOLLHUP);
    REQUIRE(peer.connection->gone());  // and not buried: the turn has not ended
    CHECK_NOTHROW(thread.advance(5s));
}

TEST_CASE("T15: what comes after our close is not held up", "[edge][connection]") {
    Options options;
    options.max_bytes_per_second = 1000;
    Thread thread(options);
    Peer peer = connected(thread);
    peer.connection->close(3503, "kicked");
    thread.write(peer, text(std::string(5000, 'x')));
    CHECK_FALSE(peer.connection->paused());
}

TEST_CASE("T15: bytes are charged to the last one", "[edge][connection]") {
    base::ManualClock clock;
    const Rate rate{1000, 1000};
    TokenBucket bucket(rate, clock.now());
    double seconds = 0;
    constexpr int kReads = 100;
    for (int i = 0; i < kReads; ++i) {
        const double owes = bucket.charge(rate, clock.now(), 640);
        clock.advance(std::chrono::milliseconds(static_cast<int>(owes * 1000 + 0.5)));
        seconds += owes;
    }
    CHECK(seconds == Approx(kReads * 0.64 - 1).margin(0.1));
}

TEST_CASE("T15: who sends all the time is slowed down and not closed", "[edge][connection]") {
    Options options;
    options.message_timeout = 1s;
    Thread thread(options);
    Peer peer = connected(thread);
    // No read ends where a message does.
    const std::string message = text(R"({"send":{"data":")" + std::string(1000, 'x') + "\"}}");
    std::string stream = message.substr(0, 10);
    thread.write(peer, stream);
    for (int i = 0; i < 10; ++i) {
        thread.advance(400ms);
        thread.write(peer, message.substr(10) + message.substr(0, 10));
        REQUIRE(peer.connection->open());
    }
    thread.advance(1100ms);
    CHECK(only_frame(thread, peer).close_code() == 1008);
}

TEST_CASE("T14: much that comes in one turn closes nobody who takes it", "[edge][connection]") {
    Options options;
    options.max_queue_bytes = 20'000;
    Thread thread(options);
    Peer peer = connected(thread);
    FramePtr frame = Frame::make(Opcode::text, std::string(10'000, 'x'), {5});
    std::size_t came = 0;
    for (int i = 0; i < 200; ++i) {
        for (int k = 0; k < 5; ++k) peer.connection->send(frame);  // more than may wait
        REQUIRE(peer.connection->open());
        thread.flush();
        came += thread.read(peer).size();
    }
    CHECK(came == 200 * 5 * frame->bytes().size());
}

TEST_CASE("T15: commands that are refused for a value count as any other", "[edge][session]") {
    Options options;
    options.commands = {10, 5};
    Thread thread(options);
    Peer peer = connected(thread);
    const std::string flood = text(R"({"rpc":{"method":"a","data":1e999},"id":2})");
    for (int i = 0; i < 4; ++i) thread.write(peer, flood);
    for (const auto& frame : server_frames(thread.read(peer))) CHECK(frame.payload.find(R"("code":107)") != std::string::npos);
    for (int i = 0; i < 6; ++i) thread.write(peer, flood);
    CHECK(server_frames(thread.read(peer)).back().close_code() == 3013);
}

TEST_CASE("T15: a message has so many commands and no more", "[edge][session]") {
    Options options;
    options.max_commands_per_message = 3;
    Thread thread(options);
    Peer peer = connected(thread);
    const std::string send = R"({"send":{"data":1}})";
    thread.write(peer, text(send + "\n" + send + "\n" + send));
    CHECK(thread.posted().size() == 3);
    thread.write(peer, text(send + "\n" + send + "\n" + send + "\n" + send));
    CHECK(only_frame(thread, peer).close_code() == 3501);
}

TEST_CASE("the client's close is answered and its end is told to core once", "[edge][connection]") {
    Thread thread;
    Peer peer = connected(thread);
    thread.write(peer, client_frame(0x88, std::string("\x03\xe8", 2) + "bye"));
    CHECK(only_frame(thread, peer).close_code() == 1000);
    ::shutdown(peer.socket, SHUT_RDWR);
    peer.connection->on_ready(EPOLLIN);
    CHECK(peer.connection->gone());
    auto posted = thread.posted();
    REQUIRE(posted.size() == 1);
    CHECK(std::get<core::Disconnected>(posted[0]).code == 1000);
}

TEST_CASE("after our close frame what the client sends is read and ignored until it ends", "[edge][connection]") {
    Thread thread;
    Peer peer = connected(thread);
    peer.connection->close(3503, "kicked");
    thread.flush();
    CHECK(only_frame(thread, peer).payload.substr(2) == "kicked");
    thread.write(peer, text(R"({"rpc":{"method":"a"},"id":2})"));
    CHECK(thread.posted().size() == 1);  // Disconnected alone
    thread.write(peer, client_frame(0x88, std::string("\x0d\xaf", 2)));
    thread.advance(thread.options.linger + 20ms);
    CHECK(peer.connection->gone());
}

TEST_CASE("unsubscribe withdraws what waits of the channel before its reply", "[edge][session]") {
    Thread thread;
    Peer peer = connected(thread);
    peer.connection->session().on(core::Subscribed{{}, 2, "news"});
    const Channel* channel = thread.context.channels.find("news");
    REQUIRE(channel != nullptr);
    peer.connection->send(Frame::make(Opcode::text, "late", {channel->id}));
    peer.connection->session().on(core::Unsubscribed{{}, 3, "news"});
    thread.flush();
    auto frames = server_frames(thread.read(peer));
    REQUIRE(frames.size() == 2);
    CHECK(frames[0].payload == R"({"id":2,"subscribe":{}})");
    CHECK(frames[1].payload == R"({"id":3,"unsubscribe":{}})");
    CHECK(thread.context.channels.find("news") == nullptr);
}
