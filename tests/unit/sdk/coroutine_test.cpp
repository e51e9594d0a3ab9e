// SPDX-License-Identifier: Apache-2.0
#include <fairlead/coroutine.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <stdexcept>
#include <thread>

#include "unit/sdk/rig.h"

using namespace fairlead;
using namespace std::chrono_literals;
using fairlead::testing::Gate;
using fairlead::testing::pack;
using fairlead::testing::Rig;

// What may not be: a task is awaited once, by who has it.
static_assert(!std::is_copy_constructible_v<fairlead::Task<int>>);
static_assert(std::is_nothrow_move_constructible_v<fairlead::Task<int>>);

namespace {

struct Order {
    std::string sku;
    int qty = 0;
    FAIRLEAD_FIELDS(sku, qty)
};

fairlead::Task<int> value(int x) {
    co_return x;
}
fairlead::Task<> nothing() {
    co_return;
}
fairlead::Task<int> thrower(const char* what) {
    throw std::runtime_error(what);
    co_return 0;
}
fairlead::Task<Result<int>> positive(int x) {
    if (x <= 0) co_return fail(1422, "not positive");
    co_return x;
}
/// Deep enough to end the stack, were each step a call.
fairlead::Task<int> sum(int n) {
    int total = 0;
    for (int i = 0; i < n; ++i)
        total += co_await value(1);
    co_return total;
}

/// Counts those that live.
class Counted {
public:
    explicit Counted(std::atomic<int>& alive) : alive_(alive) { ++alive_; }
    ~Counted() { --alive_; }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;

private:
    std::atomic<int>& alive_;
};

/// Waits until the test lets it go on, on the test's own thread.
class Held {
public:
    struct Awaiter {
        Held& held;
        bool await_ready() const { return false; }
        void await_suspend(std::coroutine_handle<> waiting) const {
            held.waiting_ = waiting;
            held.held_.open();
        }
        void await_resume() const {}
    };
    Awaiter here() { return {*this}; }

    bool wait() { return held_.wait(); }
    void go_on() { waiting_.resume(); }

private:
    std::coroutine_handle<> waiting_;
    Gate held_;
};

std::uint64_t call_of(const testing::Received& received) {
    return received.as<wire::Request>().call;
}

}  // namespace

TEST_CASE("a handler that returns a task answers with what that ends with", "[coroutine]") {
    Rig rig;
    rig.service.on("a.value",
                   [](Request&, int in) -> fairlead::Task<int> { co_return in + co_await value(1); });
    rig.service.on("a.result",
                   [](Request&, int in) -> fairlead::Task<Result<int>> { co_return co_await positive(in); });
    rig.service.on("a.void", [](Request&) -> fairlead::Task<> { co_await nothing(); });
    rig.service.on("a.ok", [](Request&) -> fairlead::Task<Result<void>> { co_return {}; });
    rig.service.on("a.ref", [](Request&, const Order& in) -> fairlead::Task<Order> {
        co_await nothing();
        co_return in;
    });
    rig.link();
    rig.request(1, "a.value", pack(4));
    CHECK(rig.broker.expect<wire::Reply>().payload() == pack(5));
    rig.request(2, "a.result", pack(4));
    CHECK(rig.broker.expect<wire::Reply>().payload() == pack(4));
    rig.request(3, "a.result", pack(-4));
    CHECK(rig.broker.expect<wire::Error>().as<wire::Error>().code == 1422);
    rig.request(4, "a.void");
    CHECK(rig.broker.expect<wire::Reply>().payload().empty());
    rig.request(5, "a.ok");
    CHECK(rig.broker.expect<wire::Reply>().payload().empty());
    rig.request(6, "a.ref", encode(Order{"tea", 2}));
    CHECK(rig.broker.expect<wire::Reply>().payload() == encode(Order{"tea", 2}));
    rig.request(7, "a.value", pack("x"));
    CHECK(rig.broker.expect<wire::Error>().as<wire::Error>().code == 107);
}

TEST_CASE("what a task throws becomes error 100, and stays in the log", "[coroutine]") {
    Rig rig;
    rig.service.on("a.b",
                   [](Request&) -> fairlead::Task<int> { co_return co_await thrower("password is 1234"); });
    rig.service.on("a.c", [](Request&) -> fairlead::Task<int> {
        co_await nothing();
        throw 5;
    });
    rig.service.on("a.caught", [](Request&) -> fairlead::Task<int> {
        try {
            co_await thrower("x");
        } catch (const std::runtime_error&) {
            co_return 7;
        }
        co_return 8;
    });
    rig.link();
    for (const char* topic : {"a.b", "a.c"}) {
        rig.request(1, topic);
        auto error = rig.broker.expect<wire::Error>();
        CHECK(error.as<wire::Error>().code == 100);
        CHECK_FALSE(error.as<wire::Error>().temporary);
    }
    CHECK(rig.log.count("password is 1234") == 1);
    CHECK(rig.log.count("the handler threw") == 2);
    rig.request(3, "a.caught");
    CHECK(rig.broker.expect<wire::Reply>().payload() == pack(7));
}

TEST_CASE("a task awaits calls without a thread, and goes on on the pool", "[coroutine]") {
    ServiceOptions options;
    options.threads = 1;
    Rig rig(options);
    std::atomic<std::thread::id> begun_on, went_on_on;
    rig.service.on("a.b", [&](Request& request, std::string in) -> fairlead::Task<Result<std::string>> {
        begun_on = std::this_thread::get_id();
        auto out = co_await rig.service.async_call<std::string>("other.topic", in, request,
                                                                CallOptions{}.header("h", "1"));
        went_on_on = std::this_thread::get_id();
        if (!out) co_return out.error();
        co_return *out + "!";
    });
    rig.service.on("a.free", [](Request&) {});
    rig.link();
    rig.request(1, "a.b", pack("x"));
    auto asked = rig.broker.expect<wire::Request>();
    CHECK(asked.as<wire::Request>().topic == "other.topic");
    CHECK(asked.as<wire::Request>().headers == wire::Pairs{{"h", "1"}});
    CHECK(asked.payload() == pack("x"));
    rig.request(2, "a.free");  // the only thread is free
    CHECK(rig.broker.expect<wire::Reply>().as<wire::Reply>().call == 2);
    rig.broker.send(rig.peer, wire::Reply{call_of(asked)}, pack("y"));
    CHECK(rig.broker.expect<wire::Reply>().payload() == pack("y!"));
    CHECK(begun_on.load() == went_on_on.load());
}

TEST_CASE("a call that is awaited ends with the error, and with a payload that does not decode",
          "[coroutine]") {
    Rig rig;
    rig.service.on("a.b", [&](Request&) -> fairlead::Task<Result<int>> {
        co_return co_await rig.service.async_call<int>("other.topic", 1);
    });
    rig.link();
    rig.request(1, "a.b");
    auto asked = rig.broker.expect<wire::Request>();
    rig.broker.send(rig.peer, wire::Error{call_of(asked), 1003, "no", false});
    CHECK(rig.broker.expect<wire::Error>().as<wire::Error>().code == 1003);
    rig.request(2, "a.b");
    asked = rig.broker.expect<wire::Request>();
    rig.broker.send(rig.peer, wire::Reply{call_of(asked)}, pack("text"));
    CHECK(rig.broker.expect<wire::Error>().as<wire::Error>().code == 107);
}

TEST_CASE("gather begins all, and gives what they end with in their order", "[coroutine]") {
    Rig rig;
    rig.service.on("a.b", [&](Request& request) -> fairlead::Task<Result<int>> {
        auto [one, two, nought, rest, three] =
            co_await gather(rig.service.async_call<int>("x.one", 1, request),
                            rig.service.async_call<int>("x.two", 2, request), nothing(),
                            sleep_for(rig.service, 1ms), value(3));
        static_assert(std::is_same_v<decltype(nought), std::monostate>);
        static_cast<void>(rest);
        if (!one) co_return one.error();
        co_return *one * 100 + *two * 10 + three;
    });
    rig.link();
    rig.request(1, "a.b");
    auto one = rig.broker.expect<wire::Request>();
    auto two = rig.broker.expect<wire::Request>();
    CHECK(one.as<wire::Request>().topic == "x.one");
    CHECK(two.as<wire::Request>().topic == "x.two");
    rig.broker.send(rig.peer, wire::Reply{call_of(two)}, pack(2));
    rig.broker.send(rig.peer, wire::Reply{call_of(one)}, pack(1));
    CHECK(rig.broker.expect<wire::Reply>().payload() == pack(123));
}

TEST_CASE("gather throws the first exception when all have ended", "[coroutine]") {
    Rig rig;
    rig.service.on("a.b", [&](Request&) -> fairlead::Task<int> {
        auto [a, b, c] =
            co_await gather(thrower("first"), rig.service.async_call<int>("x.y", 1), thrower("second"));
        co_return a + *b + c;
    });
    rig.service.on("a.none", [](Request&) -> fairlead::Task<> { co_await gather(); });
    rig.link();
    rig.request(1, "a.b");
    auto asked = rig.broker.expect<wire::Request>();
    rig.settle();  // no outcome so far
    rig.broker.send(rig.peer, wire::Reply{call_of(asked)}, pack(2));
    CHECK(rig.broker.expect<wire::Error>().as<wire::Error>().code == 100);
    CHECK(rig.log.count("the handler threw: first") == 1);
    rig.request(2, "a.none");
    CHECK(rig.broker.expect<wire::Reply>().as<wire::Reply>().call == 2);
}

TEST_CASE("a task sleeps without a thread, not shorter than it said", "[coroutine]") {
    ServiceOptions options;
    options.threads = 1;
    Rig rig(options);
    rig.service
        .on("a.sleep",
            [&](Request&, int ms) -> fairlead::Task<bool> {
                const auto begun = std::chrono::steady_clock::now();
                co_await sleep_for(rig.service, std::chrono::milliseconds(ms));
                co_return std::chrono::steady_clock::now() - begun >= std::chrono::milliseconds(ms);
            })
        .window(1000);
    rig.link();
    for (int ms = 0; ms < 100; ++ms)
        rig.request(static_cast<wire::CallId>(ms), "a.sleep", pack(ms));
    for (int i = 0; i < 100; ++i)
        CHECK(rig.broker.expect<wire::Reply>().payload() == encode(true));
}

TEST_CASE("a long loop of tasks that end at once has a flat stack", "[coroutine]") {
    Rig rig;
    rig.service.on("a.b", [](Request&, int n) -> fairlead::Task<int> { co_return co_await sum(n); });
    rig.link();
    rig.request(1, "a.b", pack(200'000));
    CHECK(rig.broker.expect<wire::Reply>().payload() == pack(200'000));
}

TEST_CASE("a task sees that nobody waits for it any more", "[coroutine]") {
    Rig rig;
    Gate begun;
    rig.service.on("a.b", [&](Request& request) -> fairlead::Task<bool> {
        begun.open();
        while (!request.cancelled())
            co_await sleep_for(rig.service, 1ms);
        co_return request.time_left() == 0ms;
    });
    rig.link();
    rig.request(5, "a.b");
    REQUIRE(begun.wait());
    rig.broker.send(rig.peer, wire::Cancel{5});
    CHECK(rig.broker.expect<wire::Reply>().payload() == encode(true));
}

TEST_CASE("a task may defer: the answer then comes from the responder", "[coroutine]") {
    Rig rig;
    std::optional<Responder> kept;
    Gate ended;
    rig.service.on("a.b", [&](Request& request) -> fairlead::Task<int> {
        co_await sleep_for(rig.service, 1ms);
        kept = request.defer();
        ended.open();
        co_return 5;  // not used
    });
    rig.link();
    rig.request(1, "a.b");
    REQUIRE(ended.wait());
    rig.settle();
    kept->reply(6);
    kept.reset();
    CHECK(rig.broker.expect<wire::Reply>().payload() == pack(6));
}

TEST_CASE("a task has its turn until it ends", "[coroutine]") {
    Rig rig;
    std::vector<int> order;
    Gate ended;
    rig.service
        .on("a.b",
            [&](Request& request, int in) -> fairlead::Task<> {
                order.push_back(in);
                if (in % 2 == 0) request.defer().reply();  // answers early, and goes on
                co_await sleep_for(rig.service, 1ms);
                order.push_back(in);
                ended.open();
            })
        .serial();
    rig.link();
    for (int i = 0; i < 10; ++i)
        rig.request(static_cast<wire::CallId>(i), "a.b", pack(i));
    for (int i = 0; i < 10; ++i)
        rig.broker.expect<wire::Reply>();
    REQUIRE(ended.wait(10));
    CHECK(order.size() == 20);
    CHECK(std::is_sorted(order.begin(), order.end()));
}

TEST_CASE("a task may go on on any thread", "[coroutine]") {
    Held held;
    Rig rig;
    rig.service.on("a.b", [&](Request&) -> fairlead::Task<int> {
        co_await held.here();
        co_return 1;
    });
    rig.link();
    rig.request(1, "a.b");
    REQUIRE(held.wait());
    held.go_on();
    CHECK(rig.broker.expect<wire::Reply>().payload() == pack(1));
}

TEST_CASE("tasks that never end are destroyed with the service, with all they hold", "[coroutine]") {
    std::atomic<int> alive{0};
    Held held;
    {
        Rig rig;
        Gate begun;
        const auto wait = [&](int in) -> fairlead::Task<int> {
            Counted counted(alive);
            if (in == 0) co_await sleep_for(rig.service, 1h);
            if (in == 1) static_cast<void>(co_await rig.service.async_call("never.answered", in));
            if (in == 2) co_await held.here();
            co_return in;
        };
        rig.service.on("a.b", [&](Request&, int in) -> fairlead::Task<int> {
            Counted counted(alive);
            begun.open();
            auto [a, b] = co_await gather(wait(in), value(1));
            co_return a + b;
        });
        rig.link();
        for (int i = 0; i < 3; ++i)
            rig.request(static_cast<wire::CallId>(i), "a.b", pack(i), 1h);
        REQUIRE(begun.wait(3));
        REQUIRE(held.wait());
        rig.broker.expect<wire::Request>();
        CHECK(alive > 0);
        CHECK_FALSE(rig.service.stop(0ms));
    }
    CHECK(alive == 0);
}

TEST_CASE("what a task destroys at the end may still ask the service", "[coroutine]") {
    std::uint32_t code = 0;
    {
        Rig rig;
        struct Asker {
            Service& service;
            std::uint32_t& answer;
            ~Asker() { answer = service.call("x.y", 1).error().code; }
        };
        Gate begun;
        rig.service.on("a.b", [&](Request&) -> fairlead::Task<> {
            Asker asker{rig.service, code};
            begun.open();
            co_await sleep_for(rig.service, 1h);
        });
        rig.link();
        rig.request(1, "a.b");
        REQUIRE(begun.wait());
    }
    CHECK(code == 3);
}

TEST_CASE("a stop waits for tasks", "[coroutine]") {
    Rig rig;
    Gate begun;
    rig.service.on("a.b", [&](Request& request) -> fairlead::Task<Result<int>> {
        begun.open();
        co_return co_await rig.service.async_call<int>("x.y", 1, request);
    });
    rig.link();
    rig.request(1, "a.b");
    auto asked = rig.broker.expect<wire::Request>();
    bool clean = false;
    std::thread stopper([&] { clean = rig.service.stop(10s); });
    rig.broker.expect<wire::Drain>();
    rig.broker.send(rig.peer, wire::Drain{});
    rig.broker.send(rig.peer, wire::Reply{call_of(asked)}, pack(3));
    CHECK(rig.broker.expect<wire::Reply>().payload() == pack(3));
    rig.broker.expect<wire::Goodbye>();
    rig.broker.send(rig.peer, wire::Goodbye{});
    stopper.join();
    CHECK(clean);
}

TEST_CASE("a stop waits for a task that has answered and goes on", "[coroutine]") {
    Held held;
    bool ended = false;
    Rig rig;
    rig.service.on("a.b", [&](Request& request) -> fairlead::Task<> {
        request.defer().reply();
        co_await held.here();
        ended = true;
    });
    rig.link();
    rig.request(1, "a.b");
    rig.broker.expect<wire::Reply>();
    REQUIRE(held.wait());
    bool clean = false;
    std::thread stopper([&] { clean = rig.service.stop(10s); });
    rig.broker.expect<wire::Drain>();
    rig.broker.send(rig.peer, wire::Drain{});
    for (wire::CallId call = 2; call < 5; ++call) {  // turns of the I/O thread, and no goodbye
        rig.request(call, "a.c");
        rig.broker.expect<wire::Returned>();
    }
    held.go_on();
    rig.broker.expect<wire::Goodbye>();
    rig.broker.send(rig.peer, wire::Goodbye{});
    stopper.join();
    CHECK(clean);
    CHECK(ended);
}

TEST_CASE("two thousand tasks have two thousand outcomes", "[coroutine]") {
    Rig rig;
    rig.service
        .on("a.b",
            [&](Request& request, int in) -> fairlead::Task<Result<int>> {
                auto [out, nought] =
                    co_await gather(rig.service.async_call<int>("x.y", in, request), nothing());
                static_cast<void>(nought);
                co_return out;
            })
        .window(5000);
    rig.link();
    constexpr int kMany = 2000;
    for (int i = 0; i < kMany; ++i)
        rig.request(static_cast<wire::CallId>(i), "a.b", pack(i));
    std::map<std::string, int> outcomes;
    for (int asked = 0, answered = 0; asked < kMany || answered < kMany;) {
        auto received = rig.broker.next();
        if (received.is<wire::Request>()) {
            ++asked;
            rig.broker.send(rig.peer, wire::Reply{call_of(received)}, received.payload());
        } else {
            ++answered;
            REQUIRE(received.is<wire::Reply>());
            CHECK(received.payload() == pack(static_cast<int>(received.as<wire::Reply>().call)));
            ++outcomes[received.payload()];
        }
    }
    CHECK(outcomes.size() == kMany);
}
