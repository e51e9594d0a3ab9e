// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <string>

#include "wire/pack_writer.h"
#include "world.h"

namespace fairlead::core {
namespace {

std::string question(std::initializer_list<std::pair<const char*, const char*>> texts, std::uint64_t from = 0,
                     std::uint64_t limit = 100) {
    std::string bytes;
    wire::PackWriter writer(bytes);
    writer.map(texts.size() + 3);
    for (const auto& [name, text] : texts)
        writer.pair(name, std::string_view(text));
    writer.pair("from", from);
    writer.pair("limit", limit);
    writer.str("of a later version");
    writer.nil();
    return bytes;
}

struct Asking : World {
    explicit Asking(Options options = open_options()) : World(std::move(options)) {}

    Outcome ask(const std::string& topic, const std::string& payload) {
        Request request;
        request.call = ++last;
        request.topic = topic;
        request.payload = payload;
        broker->call(1, std::move(request));
        REQUIRE_FALSE(services.answers.empty());
        CHECK(services.answers.back().call == last);
        return services.answers.back().outcome;
    }
    std::string answer(const std::string& topic, const std::string& payload) {
        const Outcome outcome = ask(topic, payload);
        REQUIRE(std::holds_alternative<std::string>(outcome));
        return std::get<std::string>(outcome);
    }
    std::uint32_t error(const std::string& topic, const std::string& payload) {
        const Outcome outcome = ask(topic, payload);
        REQUIRE(std::holds_alternative<wire::Failure>(outcome));
        return std::get<wire::Failure>(outcome).code;
    }
    CallId last = 0;
};

bool has(const std::string& bytes, std::string_view text) {
    return bytes.find(text) != std::string::npos;
}

TEST_CASE("a service asks the broker who is where", "[inquiries]") {
    Asking world;
    const std::string ann = world.connect(kAnn, "ann");
    world.connect(kBob, "bob");
    world.subscribe(kAnn, "room");
    const std::string clients = world.answer("_broker.clients", question({{"user", "ann"}}));
    CHECK(has(clients, ann));
    CHECK(world.services.requests.empty());  // no service was asked
    const std::string present = world.answer("_broker.presence", question({{"channel", "room"}}));
    CHECK(has(present, ann));
    CHECK_FALSE(has(present, "bob"));
    CHECK(has(world.answer("_broker.presence_stats", question({{"channel", "room"}})), "users\x01"));
    CHECK(has(world.answer("_broker.presence_stats", question({{"channel", "empty"}})),
              std::string_view("users\0", 6)));
    CHECK(world.broker->keep_state(ann, "\x07").failure.code == 108);
    CHECK(has(world.answer("_broker.state", question({{"client", ann.c_str()}})), "state\xc0"));
}

TEST_CASE("a service asks for the history", "[inquiries]") {
    Options options = World::open_options();
    options.namespaces[0].history_size = 10;
    Asking world(options);
    for (const char* text : {"one", "two"}) {
        Publication publication;
        publication.channel = "news";
        publication.data = {Encoding::msgpack, std::string("\xa3") + text};
        publication.tags = {{"kind", "x"}};
        world.broker->publish(std::move(publication));
    }
    const std::string all = world.answer("_broker.history", question({{"channel", "news"}}));
    CHECK(has(all, "one"));
    CHECK(has(all, "two"));
    CHECK(has(all, "offset\x02"));
    const std::string place = world.answer("_broker.history", question({{"channel", "news"}}, 0, 0));
    CHECK_FALSE(has(place, "one"));
    CHECK(world.error("_broker.history", question({{"channel", "user:x y"}})) == 107);
}

TEST_CASE("long lists come in pages, and each client once", "[inquiries]") {
    Asking world;
    for (std::uint32_t slot = 0; slot < 3000; ++slot)
        world.broker->handle(World::connect_command({0, slot, 1}, World::user_claims("ann")));
    std::uint64_t from = 0;
    std::size_t listed = 0;
    int pages = 0;
    do {
        const std::string page = world.answer("_broker.clients", question({{"user", "ann"}}, from));
        CHECK(page.size() < 200 * 1024);
        for (std::size_t at = page.find("\xa6"
                                        "client");
             at != page.npos; at = page.find("\xa6"
                                             "client",
                                             at + 1))
            ++listed;
        const std::size_t next = page.rfind("next") + 4;
        from = 0;
        const auto head = static_cast<unsigned char>(page[next]);
        if (head < 0x80) from = head;
        for (std::size_t i = next + 1; i < page.size(); ++i)
            from = from << 8 | static_cast<unsigned char>(page[i]);
        ++pages;
    } while (from != 0);
    CHECK(pages > 1);
    CHECK(listed == 3000);
}

TEST_CASE("the broker says what it counts", "[inquiries]") {
    Asking world;
    world.connect(kAnn, "ann");
    world.connect(kBob, "bob");
    world.subscribe(kAnn, "room");
    world.subscribe(kBob, "room");
    const auto publish = [&](const char* channel) {
        Publication publication;
        publication.channel = channel;
        publication.data = Payload{Encoding::msgpack, "\x01"};
        return world.broker->publish(std::move(publication));
    };
    CHECK(publish("room").clients == 2);
    CHECK(publish("nobody").failure.code == 0);
    CHECK(publish("").failure.code != 0);
    world.edges[0].delivered.handed = 2;
    world.edges[0].delivered.dropped = 300;
    const Counts counts = world.broker->counts();
    CHECK(counts.publications == 2);
    CHECK(counts.refused == 1);
    CHECK(counts.copies == 2);
    const std::string answer = world.answer("_broker.counts", "");
    for (const auto& [name, value] : {std::pair<std::string, std::string>{"publications", "\x02"},
                                      {"publications_refused", "\x01"},
                                      {"copies", "\x02"},
                                      {"clients", "\x02"},
                                      {"handed", "\x02"},
                                      {"dropped", std::string("\xcd\x01\x2c")}}) {
        INFO(name);
        CHECK(has(answer, name + value));
    }
}

TEST_CASE("questions that are none are told why", "[inquiries]") {
    Asking world;
    CHECK(world.error("_broker.clients", "") == 107);
    CHECK(world.error("_broker.clients", "\x93\x01\x02\x03") == 107);
    CHECK(world.error("_broker.clients", "\x81\xa4user\x05") == 107);
    CHECK(world.error("_broker.clients", "\xc1") == 107);
    CHECK(world.error("_broker.presence", question({{"channel", "a b"}})) == 107);
    CHECK(world.error("_broker.presence", question({{"channel", "user:ann"}})) == 108);
    CHECK(world.error("_broker.history", question({{"channel", "room"}})) == 108);
    CHECK(world.error("_broker.state", question({{"client", "nobody"}})) == 104);
    CHECK(world.error("_broker.secrets", question({})) == 103);
    CHECK(world.error("_broker", question({})) == 103);
}

}  // namespace
}  // namespace fairlead::core
