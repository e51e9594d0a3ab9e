// SPDX-License-Identifier: Apache-2.0
// Session events: what a real broker tells services of its clients.
#include <catch2/catch.hpp>

#include <string>

#include "support/keys.h"
#include "support/parties.h"

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
