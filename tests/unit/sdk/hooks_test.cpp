// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <stdexcept>
#include <thread>

#include "unit/sdk/rig.h"
#include "wire/frame_writer.h"
#include "wire/hook.h"

using namespace fairlead;
using namespace std::chrono_literals;
using fairlead::testing::Rig;

namespace {

struct HookRig : Rig {
    void ask(wire::CallId call, std::string_view topic, const wire::HookQuestion& question) {
        wire::Request frame;
        frame.call = call;
        frame.topic = topic;
        frame.deadline = 1min;
        frame.caller.client = "tag-1";
        frame.caller.user = "ann";
        frame.caller.session = "s1";
        frame.caller.address = "10.0.0.7";
        std::string payload;
        wire::write(question, payload);
        broker.send(peer, frame, payload);
    }

    /// The next reply's answer; what it points into lives as long as the rig.
    wire::HookAnswer answer() {
        bytes = broker.expect<wire::Reply>().payload();
        wire::HookAnswer answer;
        REQUIRE(reader.read(bytes, answer));
        return answer;
    }

    std::string bytes;
    wire::HookReader reader;
};

wire::HookQuestion about(std::string_view channel, std::string_view data = {}) {
    wire::HookQuestion question;
    question.channel = channel;
    question.data = data;
    return question;
}

}  // namespace

TEST_CASE("a connect hook gets all that is known and says all that it wants", "[hooks]") {
    HookRig rig;
    ConnectQuestion asked;
    rig.service.on_connect([&](const ConnectQuestion& question) {
        asked = question;
        ConnectAnswer answer;
        answer.user = "bob";
        answer.session = "s2";
        answer.info = Value::map({{"name", "Bob"}});
        answer.meta = Value::map({{"plan", 3}});
        answer.labels = {"staff"};
        answer.channels = {"news:all", "room:7"};
        answer.expires_in = 90s;
        answer.cache_for = 1500ms;
        return answer;
    });
    rig.link();
    wire::HookQuestion question;
    question.has_token = true;
    question.name = "js";
    question.version = "9";
    const std::string data = encode(Value::map({{"password", "x"}}));
    question.data = data;
    rig.ask(5, "_hook.connect", question);
    const wire::HookAnswer answer = rig.answer();
    CHECK(asked.caller.client == "tag-1");
    CHECK(asked.caller.user == "ann");
    CHECK(asked.caller.session == "s1");
    CHECK(asked.caller.address == "10.0.0.7");
    CHECK(asked.has_token);
    CHECK(asked.name == "js");
    CHECK(asked.version == "9");
    CHECK(asked.data["password"].as_string() == "x");
    CHECK(answer.allow);
    CHECK(answer.user == "bob");
    CHECK(answer.session == "s2");
    CHECK(answer.info == encode(Value::map({{"name", "Bob"}})));
    CHECK(answer.meta == encode(Value::map({{"plan", 3}})));
    CHECK(answer.labels == std::vector<std::string_view>{"staff"});
    CHECK(answer.channels == std::vector<std::string_view>{"news:all", "room:7"});
    CHECK(answer.expires_in == 90);
    CHECK(answer.cache_for == 1500ms);
}

TEST_CASE("hooks of channels are asked by namespace", "[hooks]") {
    HookRig rig;
    rig.service.on_subscribe("room", [](const SubscribeQuestion& question) -> Result<SubscribeAnswer> {
        if (question.channel != "room:7") return fail(1403, "not yours");
        return SubscribeAnswer();
    });
    rig.service.on_publish("*", [](const PublishQuestion& question) {
        if (!question.data.is_string()) return PublishAnswer::deny(1422, "texts only");
        PublishAnswer answer;
        answer.data = std::string(question.data.as_string()) + "!";
        return answer;
    });
    rig.service.on_refresh([](Request& request, const RefreshQuestion& question) {
        RefreshAnswer answer;
        answer.allow = question.caller.user == "ann" && request.topic() == "_hook.refresh";
        answer.expires_in = 7s;
        return answer;
    });
    rig.link();
    rig.ask(1, "_hook.subscribe.room", about("room:7"));
    wire::HookAnswer answer = rig.answer();
    CHECK(answer.allow);
    rig.ask(2, "_hook.subscribe.room", about("room:8"));
    answer = rig.answer();
    CHECK_FALSE(answer.allow);
    CHECK(answer.code == 1403);
    CHECK(answer.reason == "not yours");
    rig.ask(3, "_hook.publish.chat", about("chat:1", encode("hi")));
    answer = rig.answer();
    CHECK(answer.allow);
    CHECK(answer.data == encode("hi!"));
    rig.ask(4, "_hook.publish._", about("chat", encode(5)));
    CHECK(rig.answer().code == 1422);
    rig.ask(5, "_hook.refresh", {});
    answer = rig.answer();
    CHECK(answer.allow);
    CHECK(answer.expires_in == 7);
}

TEST_CASE("faults of a hook are errors, no answers", "[hooks]") {
    HookRig rig;
    rig.service.on_connect([](const ConnectQuestion& question) -> Result<ConnectAnswer> {
        if (question.name == "throw") throw std::runtime_error("secret");
        if (question.name == "full") return fail("overloaded");
        return fail("internal");
    });
    rig.service.on_publish("a", [](Request& request, const PublishQuestion&) {
        static_cast<void>(request.defer());
        return PublishAnswer();
    });
    rig.link();
    for (const auto& [name, code] : {std::pair("throw", 100U), std::pair("full", 111U), std::pair("", 100U)}) {
        wire::HookQuestion question;
        question.name = name;
        rig.ask(1, "_hook.connect", question);
        auto error = rig.broker.expect<wire::Error>();
        CHECK(error.as<wire::Error>().code == code);
        CHECK(error.as<wire::Error>().message.find("secret") == std::string_view::npos);
    }
    rig.ask(2, "_hook.publish.a", about("a:1", encode(1)));
    CHECK(rig.broker.expect<wire::Error>().as<wire::Error>().code == 100);
    rig.request(3, "_hook.connect", encode(Value::map({})));
    CHECK(rig.broker.expect<wire::Error>().as<wire::Error>().code == 100);
}

TEST_CASE("a hook may answer later from another thread", "[hooks]") {
    HookRig rig;
    std::thread later;
    fairlead::testing::Gate started;  // the answer may be here before the handler has put the thread into its place
    rig.service.on_publish("a", [&](Request& request, const PublishQuestion&) {
        later = std::thread([responder = request.defer()]() mutable { responder.reply(PublishAnswer::deny(1001)); });
        started.open();
        return PublishAnswer();
    });
    rig.link();
    rig.ask(2, "_hook.publish.a", about("a:1", encode(1)));
    CHECK(rig.answer().code == 1001);
    REQUIRE(started.wait());
    later.join();
}

TEST_CASE("hooks are announced as idempotent endpoints of reserved topics", "[hooks]") {
    Rig rig;
    rig.service.on_connect([](const ConnectQuestion&) { return ConnectAnswer(); }).window(3);
    rig.service.on_subscribe("", [](const SubscribeQuestion&) { return SubscribeAnswer(); });
    rig.service.on_publish("a.b", [](const PublishQuestion&) { return PublishAnswer(); });
    rig.service.start();
    const auto greeting = rig.broker.expect<wire::Greeting>();
    const auto& endpoints = greeting.as<wire::Greeting>().endpoints;
    REQUIRE(endpoints.size() == 3);
    CHECK(endpoints[0].topic == "_hook.connect");
    CHECK(endpoints[0].window == 3);
    CHECK(endpoints[1].topic == "_hook.subscribe._");
    CHECK(endpoints[2].topic == "_hook.publish.a_2eb");
    for (const auto& endpoint : endpoints)
        CHECK(endpoint.idempotent);
}

TEST_CASE("what cannot have a hook", "[hooks]") {
    Service service{"gate", "1"};
    const auto hook = [](const PublishQuestion&) { return PublishAnswer(); };
    for (const char* space : {"a:b", "user", "a b", "\xff"})
        CHECK_THROWS_AS(service.on_publish(space, hook), std::invalid_argument);
    CHECK_THROWS_AS(service.on_publish(std::string(250, 'a'), hook), std::invalid_argument);
    service.on_publish("a", hook);
    CHECK_THROWS_AS(service.on_publish("a", hook), std::invalid_argument);
    CHECK_THROWS_AS(service.on("_hook.connect", [](Request&) {}), std::invalid_argument);
}
