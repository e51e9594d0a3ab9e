// SPDX-License-Identifier: Apache-2.0
// Hooks of a service decide what clients of a real broker may do.
#include <catch2/catch.hpp>
#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "support/parties.h"
#include "support/temporary_file.h"

namespace fairlead::support {
namespace {

using namespace std::chrono_literals;

constexpr const char* kHooked = R"(
[client]
topics = ["*"]

[hook]
connect = true
deadline = "1s"

[[namespace]]
name = "room"
subscribe = ["hook"]
publish = ["anyone", "hook"]

[[namespace]]
name = "news"
subscribe = ["anyone"]
publish = ["anyone"]
)";

std::vector<std::string> hooked(int threads, const TemporaryFile& file) {
    auto options = with_threads(threads);
    options.insert(options.end(), {"--config", file.path()});
    return options;
}

client::ClientOptions with_data(std::string json) {
    client::ClientOptions options;
    options.timeout = kPatience;
    options.data = std::move(json);
    return options;
}

/// Lets in who gives a name, into news:all as well.
void let_in(Service& service) {
    service.on_connect([](const ConnectQuestion& question) -> Result<ConnectAnswer> {
        const auto name = question.data["name"].as_string();
        if (name.empty()) return fail(1401, "who are you?");
        ConnectAnswer answer;
        answer.user = std::string(name);
        answer.channels = {"news:all"};
        return answer;
    });
}

TEST_CASE("a hook lets in, refuses and rewrites", "[hooks]") {
    TemporaryFile file(kHooked);
    Broker broker(hooked(GENERATE(1, 3), file));
    Service service{"gate", "1.0.0", behind(broker)};
    let_in(service);
    service.on_subscribe("room", [](const SubscribeQuestion& question) -> Result<SubscribeAnswer> {
        if (question.channel != "room:" + question.caller.user) return fail(1403, "not yours");
        return SubscribeAnswer();
    });
    service.on_publish("room", [](const PublishQuestion& question) -> Result<PublishAnswer> {
        if (!question.data["text"].is_string()) return fail("bad_request", "no text");
        PublishAnswer answer;
        answer.data = Value::map({{"text", question.data["text"]}, {"by", question.caller.user}});
        return answer;
    });
    service.on("whoami", [](Request& request) { return request.caller().user; });
    join(service);

    const auto stranger = client::Client::connect(broker.websocket_url(), with_data("{}"));
    REQUIRE_FALSE(stranger);
    CHECK(stranger.error().text.find("who are you?") != std::string::npos);

    auto ann = enter(broker, with_data(R"({"name":"ann"})"));
    CHECK(ask(ann, "whoami", "null").data == "\"ann\"");
    CHECK(service.channel("news:all").publish(1).wait().value().reached == 1);
    CHECK(next(ann).channel == "news:all");
    CHECK(outcome_of(ann.subscribe("room:bob")).code == 1403);
    subscribe(ann, "room:ann");
    CHECK(outcome_of(ann.publish("room:ann", "5")).code == 107);
    const auto published = ann.publish("room:ann", R"({"text":"hi"})");
    CHECK(outcome_of(published).code == 0);
    CHECK(next(ann).data == R"({"text":"hi","by":"ann"})");
}

TEST_CASE("a subscribe hook gives a subscription an info and a time", "[hooks]") {
    TemporaryFile file(kHooked);
    Broker broker(hooked(1, file));
    Service service{"gate", "1.0.0", behind(broker)};
    let_in(service);
    service.on_subscribe("room", [](const SubscribeQuestion&) {
        SubscribeAnswer answer;
        answer.info = Value::map({{"seat", 7}});
        answer.expires_in = 1s;
        return answer;
    });
    service.on_publish("room", [](const PublishQuestion&) { return PublishAnswer(); });
    join(service);
    auto ann = enter(broker, with_data(R"({"name":"ann"})"));
    subscribe(ann, "room:1");
    CHECK(outcome_of(ann.publish("room:1", "1")).code == 0);
    const auto published = ann.next_push(kPatience);
    REQUIRE(published);
    CHECK_THAT(published->text(), Catch::Contains(R"("chan_info":{"seat":7})"));
    const auto ended = ann.next_push(kPatience);
    REQUIRE(ended);
    CHECK_THAT(ended->text(), Catch::Contains("2501"));
    subscribe(ann, "room:1");
}

TEST_CASE("a hook that is slow, gone or killed is no for now, and then it is back", "[hooks]") {
    TemporaryFile file(kHooked);
    Broker broker(hooked(GENERATE(1, 3), file));
    auto first = std::make_unique<Service>("gate", "1.0.0", behind(broker));
    let_in(*first);
    Inbox<int> asked;
    std::vector<Responder> kept;
    std::mutex keeping;
    first->on_publish("room", [&](Request& request, const PublishQuestion&) {
        std::lock_guard lock(keeping);
        kept.push_back(request.defer());
        asked.put(1);
        return PublishAnswer();
    });
    join(*first);
    auto ann = enter(broker, with_data(R"({"name":"ann"})"));
    // Nobody serves the subscribe hook.
    const Outcome unserved = outcome_of(ann.subscribe("room:ann"));
    CHECK(unserved.code == 100);
    CHECK(unserved.temporary);
    // Silent: the deadline decides.
    const Outcome slow = outcome_of(ann.publish("room:ann", "1"));
    CHECK(slow.code == 100);
    CHECK(slow.temporary);
    // Gone while it is asked.
    const auto id = ann.begin("publish", R"({"channel":"room:ann","data":2})");
    REQUIRE(id);
    asked.take();
    asked.take();
    first->stop(0ms);
    kept.clear();
    first.reset();
    CHECK(hear(ann, *id).code == 100);
    const auto other = client::Client::connect(broker.websocket_url(), with_data(R"({"name":"bob"})"));
    REQUIRE_FALSE(other);
    // Back.
    Service second{"gate", "1.0.1", behind(broker)};
    let_in(second);
    second.on_publish("room", [](const PublishQuestion&) { return PublishAnswer(); });
    join(second);
    CHECK(outcome_of(ann.publish("room:ann", "3")).code == 0);
    enter(broker, with_data(R"({"name":"bob"})"));
}

TEST_CASE("instances of a service share the questions", "[hooks]") {
    TemporaryFile file(kHooked);
    Broker broker(hooked(1, file));
    std::array<std::atomic<int>, 2> asked{};
    std::vector<std::unique_ptr<Service>> instances;
    for (auto& count : asked) {
        instances.push_back(std::make_unique<Service>("gate", "1.0.0", behind(broker)));
        let_in(*instances.back());
        instances.back()->on_publish("room", [&count](const PublishQuestion&) {
            ++count;
            return PublishAnswer();
        });
        join(*instances.back());
    }
    auto ann = enter(broker, with_data(R"({"name":"ann"})"));
    instances.front()->stop(1s);
    CHECK(outcome_of(ann.publish("room:a", "1")).code == 0);
    CHECK(asked[0] + asked[1] == 1);
    CHECK(asked[1] == 1);
}

TEST_CASE("neither clients nor services reach a hook's topic", "[hooks]") {
    TemporaryFile file(kHooked);
    Broker broker(hooked(1, file));
    Service service{"gate", "1.0.0", behind(broker)};
    let_in(service);
    join(service);
    auto ann = enter(broker, with_data(R"({"name":"ann"})"));
    CHECK(ask(ann, "_hook.connect", "null").code == 103);
    CHECK(service.call("_hook.connect", 1).error().code == 103);
}

}  // namespace
}  // namespace fairlead::support
