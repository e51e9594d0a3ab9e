// SPDX-License-Identifier: Apache-2.0
// Client -> broker -> service and back, over real sockets, with one loop and with several threads.
#include <catch2/catch.hpp>

#include <stdexcept>
#include <thread>

#include "support/parties.h"

namespace fairlead::support {
namespace {

using namespace std::chrono_literals;

struct Order {
    std::string sku;
    int qty = 1;
    FAIRLEAD_FIELDS(sku, qty)
};

TEST_CASE("a request comes back with its values", "[requests]") {
    Broker broker(with_threads(GENERATE(1, 3)));
    Service service{"echo", "1.0.0", behind(broker)};
    service.on("echo.value", [](Request&, const Value& value) { return value; });
    service.on("echo.double", [](Request&, const Order& order) { return Order{order.sku, 2 * order.qty}; });
    service.on("echo.nothing", [](Request&) {});
    join(service);
    auto client = enter(broker);

    for (const std::string value :
         {R"({"zeta":1,"alpha":[1,-2,3],"nested":{"deep":[[[]]]}})", "9007199254740993",
          "-9223372036854775808", "18446744073709551615", "1.5", "1.0", "-0.0", "true", "null", R"("")",
          R"("gr\u00fc\u00dfe \ud83d\ude80")", "[]", "{}"}) {
        CAPTURE(value);
        const auto outcome = ask(client, "echo.value", value);
        CHECK(outcome.code == 0);
        CHECK(outcome.data == client::to_text(*client::parse_json(value)));
    }
    CHECK(ask(client, "echo.double", R"({"sku":"tea","qty":21})").data == R"({"sku":"tea","qty":42})");
    CHECK(ask(client, "echo.nothing", "{}").code == 0);
}

TEST_CASE("a payload that does not fit is refused with its path, without the handler", "[requests]") {
    Broker broker(with_threads(GENERATE(1, 3)));
    Service service{"orders", "1.0.0", behind(broker)};
    Inbox<int> calls;
    service.on("orders.create", [&](Request&, const Order&) { calls.put(1); });
    join(service);
    auto client = enter(broker);

    const auto outcome = ask(client, "orders.create", R"({"sku":"tea","qty":"two"})");
    CHECK(outcome.code == 107);
    CHECK_THAT(outcome.message, Catch::Contains("qty"));
    CHECK(calls.size() == 0);
}

TEST_CASE("errors of a handler arrive as it gave them, what it throws does not", "[requests]") {
    Broker broker(with_threads(GENERATE(1, 3)));
    Inbox<std::string> log;
    Service service{"orders", "1.0.0", behind(broker, &log)};
    service.on("orders.refuse", [](Request&) { return fail(1422, "qty must be positive"); });
    service.on("orders.throw", [](Request&) { throw std::runtime_error("the password is tea"); });
    service.on("orders.binary", [](Request&) { return Bytes{1, 2, 3}; });
    join(service);
    auto client = enter(broker);

    auto outcome = ask(client, "orders.refuse", "{}");
    CHECK(outcome.code == 1422);
    CHECK(outcome.message == "qty must be positive");
    CHECK_FALSE(outcome.temporary);

    outcome = ask(client, "orders.throw", "{}");
    CHECK(outcome.code == 100);
    CHECK_FALSE(outcome.temporary);
    CHECK_THAT(outcome.message, !Catch::Contains("tea"));
    bool told = false;
    while (auto line = log.take(told ? 0ms : 20'000ms))
        told = told || line->find("the password is tea") != std::string::npos;
    CHECK(told);

    // What no JSON client can get is an outcome all the same.
    outcome = ask(client, "orders.binary", "{}");
    CHECK(outcome.code > 0);
    CHECK(ask(client, "orders.refuse", "{}").code == 1422);
}

TEST_CASE("only the first of two answers counts", "[requests]") {
    Broker broker(with_threads(GENERATE(1, 3)));
    Service service{"twice", "1.0.0", behind(broker)};
    Inbox<bool> second;
    service.on("twice.answer", [&](Request& request, const Value& value) {
        auto responder = request.defer();
        responder.reply(value);
        second.put(responder.reply("the second"));
        second.put(responder.fail(fail(1000, "the third")));
    });
    join(service);
    auto client = enter(broker);

    for (const std::string value : {"1", "2", "3"}) {
        const auto outcome = ask(client, "twice.answer", value);
        CHECK(outcome.data == value);
        CHECK(second.take() == false);
        CHECK(second.take() == false);
    }
}

TEST_CASE("a request that is never answered ends at its deadline", "[requests]") {
    Broker broker(with_threads(GENERATE(1, 3)));
    Inbox<Responder> kept;
    Service service{"mute", "1.0.0", behind(broker)};
    service.on("mute.ask", [&](Request& request) { kept.put(request.defer()); }).timeout(200ms);
    service.on("mute.echo", [](Request&, const Value& value) { return value; });
    join(service);
    auto client = enter(broker);

    const auto outcome = ask(client, "mute.ask", "{}");
    CHECK(outcome.code == 100);
    CHECK(outcome.temporary);
    CHECK_THAT(outcome.message, Catch::Contains("deadline"));

    // An answer after that is nobody's: the next request gets its own.
    auto responder = kept.take();
    REQUIRE(responder);
    responder->reply("too late");
    CHECK(ask(client, "mute.echo", "7").data == "7");
}

TEST_CASE("a handler that outlives its deadline holds up nobody", "[requests]") {
    Broker broker(with_threads(GENERATE(1, 3)));
    Service service{"slow", "1.0.0", behind(broker)};
    Door door;
    Inbox<bool> cancelled;
    service
        .on("slow.ask",
            [&](Request& request) {
                door.pass();
                cancelled.put(request.cancelled());
                return "late";
            })
        .timeout(200ms);
    service.on("slow.echo", [](Request&, const Value& value) { return value; });
    join(service);
    auto client = enter(broker);

    const auto outcome = ask(client, "slow.ask", "{}");
    CHECK(outcome.code == 100);
    CHECK_THAT(outcome.message, Catch::Contains("deadline"));
    CHECK(ask(client, "slow.echo", "1").data == "1");
    door.open();
    CHECK(cancelled.take() == true);
    CHECK(ask(client, "slow.echo", "2").data == "2");
}

TEST_CASE("the handler learns that its client left", "[requests]") {
    Broker broker(with_threads(GENERATE(1, 3)));
    Service service{"patient", "1.0.0", behind(broker)};
    Inbox<bool> began;
    Inbox<bool> ended;
    service
        .on("patient.ask",
            [&](Request& request) {
                began.put(true);
                while (!request.cancelled() && request.time_left() > 0ms)
                    std::this_thread::sleep_for(1ms);
                ended.put(request.cancelled());
            })
        .timeout(60s);
    join(service);
    {
        auto client = enter(broker);
        begin_asking(client, "patient.ask", "{}");
        REQUIRE(began.take());
    }                             // the connection ends without a close frame
    CHECK(ended.take() == true);  // not by the deadline: that is a minute away
}

TEST_CASE("a topic without a service is not found, at once", "[requests]") {
    Broker broker(with_threads(GENERATE(1, 3)));
    auto client = enter(broker);
    auto outcome = ask(client, "nobody.here", "{}");
    CHECK(outcome.code == 104);
    CHECK_FALSE(outcome.temporary);
    {
        Service service{"nobody", "1.0.0", behind(broker)};
        service.on("nobody.here", [](Request&) { return 1; });
        join(service);
        CHECK(ask(client, "nobody.here", "{}").data == "1");
        CHECK(service.stop(kPatience));
    }
    CHECK(ask(client, "nobody.here", "{}").code == 104);
}

TEST_CASE("beyond window and queue a request is refused as overloaded, at once", "[requests]") {
    Broker broker(with_threads(GENERATE(1, 3), {"backplane.request_queue=1"}));
    Service service{"narrow", "1.0.0", behind(broker)};
    Door door;
    Inbox<int> began;
    service
        .on("narrow.ask",
            [&](Request&, int number) {
                began.put(number);
                door.pass();
                return number;
            })
        .window(1)
        .timeout(60s);
    join(service);
    auto client = enter(broker);

    const auto first = begin_asking(client, "narrow.ask", "1");
    REQUIRE(began.take() == 1);
    const auto queued = begin_asking(client, "narrow.ask", "2");
    const auto refused = begin_asking(client, "narrow.ask", "3");
    const auto outcome = hear(client, refused);
    CHECK(outcome.code == 111);
    CHECK(outcome.temporary);
    CHECK(began.size() == 0);  // the queued one waits at the broker
    door.open();
    CHECK(hear(client, first).data == "1");
    CHECK(hear(client, queued).data == "2");
}

TEST_CASE("requests go to the instance that has room", "[requests]") {
    Broker broker(with_threads(GENERATE(1, 3)));
    Door door;
    Inbox<std::string> began;
    const auto add = [&](Service& service) {
        service
            .on("pair.ask",
                [&](Request&) {
                    began.put(service.instance());
                    door.pass();
                    return service.instance();
                })
            .window(1)
            .timeout(60s);
        join(service);
    };
    Service one{"pair", "1.0.0", behind(broker)};
    Service two{"pair", "1.0.0", behind(broker)};
    add(one);
    add(two);
    auto client = enter(broker);
    const auto first = begin_asking(client, "pair.ask", "{}");
    const auto second = begin_asking(client, "pair.ask", "{}");
    const auto a = began.take();
    const auto b = began.take();
    door.open();
    REQUIRE(a);
    REQUIRE(b);
    CHECK(*a != *b);
    CHECK(hear(client, first).data != hear(client, second).data);
}

}  // namespace
}  // namespace fairlead::support
