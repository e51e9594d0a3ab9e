// SPDX-License-Identifier: Apache-2.0
// Session events: what a real broker tells services of its clients.
#include <catch2/catch.hpp>

#include <string>

#include "support/jwt.h"
#include "support/keys.h"
#include "support/parties.h"
#include "support/temporary_file.h"

namespace fairlead::support {
namespace {

using namespace std::chrono_literals;

/// Puts a word for each marker into `heard`: "users{", "}users".
void note_markers(Service& service, Inbox<std::string>& heard) {
    const auto note = [&heard](const char* name) {
        return [&heard, name](const auto& event) {
            using Kind = typename std::decay_t<decltype(event)>::Kind;
            if (event.kind == Kind::snapshot_begins) heard.put(std::string(name) + "{");
            if (event.kind == Kind::snapshot_ends) heard.put("}" + std::string(name));
        };
    };
    service.on_session(note("sessions"));
    service.on_user(note("users"));
    service.on_channel(note("channels"));
}

void expect_markers(Inbox<std::string>& heard) {
    for (const char* word : {"sessions{", "}sessions", "users{", "}users", "channels{", "}channels"})
        CHECK(heard.take() == std::string(word));
}

TEST_CASE("a service that listens is told what there is when it starts", "[session]") {
    Broker broker(with_threads(GENERATE(1, 3)));
    Inbox<std::string> heard;
    Service service{"presence", "1.0.0", behind(broker)};
    note_markers(service, heard);
    join(service);
    expect_markers(heard);
    CHECK(service.stop(kPatience));
    CHECK(heard.size() == 0);
    CHECK(service.stats().frames_broken == 0);
    CHECK(service.stats().frames_ignored == 0);
}

TEST_CASE("one instance of a group is told, and the next one when that goes", "[session]") {
    Broker broker(with_threads(1));
    Inbox<std::string> of_first;
    Inbox<std::string> of_second;
    Inbox<std::string> of_other;
    Service first{"presence", "1.0.0", behind(broker)};
    Service second{"presence", "1.0.0", behind(broker)};
    Service other{"audit", "1.0.0", behind(broker)};
    note_markers(first, of_first);
    note_markers(second, of_second);
    note_markers(other, of_other);
    join(first);
    expect_markers(of_first);
    join(second);
    join(other);
    expect_markers(of_other);
    CHECK(of_second.size() == 0);
    CHECK(first.stop(kPatience));
    expect_markers(of_second);
    CHECK(of_first.size() == 0);
}

const std::string kSecret(32, 's');

std::string word_of(const SessionEvent& event) {
    using Kind = SessionEvent::Kind;
    switch (event.kind) {
        case Kind::snapshot_begins: return "{";
        case Kind::snapshot_ends: return "}";
        case Kind::opened: return "opened";
        case Kind::resumed: return "resumed";
        case Kind::closed: return "closed " + std::to_string(event.code);
    }
    return {};
}

TEST_CASE("services are told who comes, comes back and goes", "[session]") {
    const TemporaryFile secret(kSecret);
    Broker broker(with_threads(GENERATE(1, 3), {"token.hs256_secret_file=" + secret.path(), "session.user_grace=0s",
                                                "session.vacate_delay=0s"}));
    const auto enter_as = [&](const std::string& claims) {
        client::ClientOptions options;
        options.token = test::sign_hs256(claims, kSecret);
        return enter(broker, options);
    };
    const std::string ann = R"({"sub":"ann","sid":"s1","meta":{"plan":"gold"}})";
    Inbox<std::string> sessions;
    Inbox<std::string> users;
    Inbox<std::string> channels;
    Service service{"presence", "1.0.0", behind(broker)};
    service.on_session([&](const SessionEvent& event) {
        std::string word = word_of(event);
        if (!event.user.empty()) word += " " + event.user + "/" + event.session;
        if (!event.meta.is_null()) word += " " + std::string(event.meta["plan"].as_string());
        if (!event.state.is_null()) word += " state " + std::to_string(event.state.as_integer());
        sessions.put(word);
    });
    service.on_user([&](const UserEvent& event) {
        if (!event.user.empty()) users.put((event.kind == UserEvent::Kind::online ? "+" : "-") + event.user);
    });
    service.on_channel([&](const ChannelEvent& event) {
        if (!event.channel.empty())
            channels.put((event.kind == ChannelEvent::Kind::occupied ? "+" : "-") + event.channel);
    });
    auto there_before = enter_as(R"({"sub":"bob"})");
    join(service);
    CHECK(sessions.take() == "{");
    CHECK(sessions.take() == "opened bob/");
    CHECK(sessions.take() == "}");
    CHECK(users.take() == "+bob");

    auto client = enter_as(ann);
    CHECK(sessions.take() == "opened ann/s1 gold");
    CHECK(users.take() == "+ann");
    subscribe(client, "room:1");
    CHECK(channels.take() == "+room:1");
    REQUIRE(service.client(client.id()).keep(7).wait().ok());
    client.close();
    CHECK(channels.take() == "-room:1");
    CHECK(users.take() == "-ann");
    auto again = enter_as(ann);
    CHECK(sessions.take() == "resumed ann/s1 gold state 7");
    CHECK(users.take() == "+ann");
    REQUIRE(service.user("ann").disconnect(3503).wait().ok());
    CHECK(sessions.take() == "closed 3503 ann/s1");
    auto anew = enter_as(ann);
    CHECK(sessions.take() == "opened ann/s1 gold");
}

TEST_CASE("what happens while a service is away it hears when it is back", "[session]") {
    const TemporaryFile secret(kSecret);
    Broker broker(with_threads(1, {"token.hs256_secret_file=" + secret.path()}));
    const auto enter_as = [&](const std::string& user) {
        client::ClientOptions options;
        options.token = test::sign_hs256(R"({"sub":")" + user + R"("})", kSecret);
        return enter(broker, options);
    };
    Inbox<std::string> heard;
    const auto listen = [&](Service& service) {
        service.on_user([&](const UserEvent& event) { heard.put(event.user + (event.replayed ? "*" : "")); });
        join(service);
    };
    {
        Service service{"presence", "1.0.0", behind(broker)};
        listen(service);
        CHECK(heard.take() == "");  // the snapshot of nothing
        CHECK(heard.take() == "");
        CHECK(service.stop(kPatience));
    }
    auto ann = enter_as("ann");
    Service service{"presence", "1.0.0", behind(broker)};
    listen(service);
    const auto hears = [&](const std::string& word) {
        for (auto next = heard.take(); next; next = heard.take()) {
            if (*next == word) return true;
        }
        return false;
    };
    CHECK(hears("ann"));
    auto bob = enter_as("bob");
    CHECK(hears("bob"));
}

TEST_CASE("with keys a service hears the session events that its table names", "[session]") {
    KeyFolder keys;
    keys.configure(table_of("presence", keys.key("presence"), "listens = [\">\", \"_user\"]"));
    Broker broker(keys.options());
    Inbox<std::string> heard;
    {
        Service service{"presence", "1.0.0", keys.service(broker.backplane_address(), "presence")};
        service.on_user([&](const UserEvent&) { heard.put("user"); });
        join(service);
        CHECK(heard.take() == "user");
    }
    Service service{"presence", "1.0.0", keys.service(broker.backplane_address(), "presence")};
    service.on_session([](const SessionEvent&) {});
    service.start();
    const auto ready = service.ready(kPatience);
    REQUIRE_FALSE(ready);
    CHECK_THAT(ready.error().message, Catch::Contains("may not listen to `_session`"));
}

}  // namespace
}  // namespace fairlead::support
