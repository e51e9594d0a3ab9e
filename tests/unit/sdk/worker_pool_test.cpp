// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include <atomic>
#include <functional>

#include "src/worker_pool.h"
#include "unit/sdk/gate.h"

using fairlead::detail::Task;
using fairlead::detail::WorkerPool;
using fairlead::testing::Gate;

namespace {

class Lambda final : public Task {
public:
    explicit Lambda(std::function<void()> body) : body_(std::move(body)) {}
    void run() noexcept override { body_(); }

private:
    std::function<void()> body_;
};

void submit(WorkerPool& pool, std::function<void()> body, int times = 1) {
    std::vector<std::shared_ptr<Task>> tasks;
    for (int i = 0; i < times; ++i)
        tasks.push_back(std::make_shared<Lambda>(body));
    pool.submit(tasks);
    CHECK(tasks.empty());
}

}  // namespace

TEST_CASE("a pool runs as many tasks at once as it has threads", "[pool]") {
    WorkerPool pool(3);
    Gate begun, end;
    submit(
        pool, [&] { begun.open(), end.wait(); }, 5);
    REQUIRE(begun.wait(3));
    CHECK(pool.queued() == 2);
    CHECK(pool.free_threads() == 0);
    CHECK_FALSE(pool.idle());
    end.open();
    pool.stop();
    CHECK(begun.wait(5));
    CHECK(pool.idle());
}

TEST_CASE("a pool of one runs tasks in their order", "[pool]") {
    std::vector<int> order;
    {
        WorkerPool pool(1);
        for (int i = 0; i < 100; ++i)
            submit(pool, [&order, i] { order.push_back(i); });
    }
    REQUIRE(order.size() == 100);
    CHECK(std::is_sorted(order.begin(), order.end()));
}

TEST_CASE("stop returns when all that was submitted has run", "[pool]") {
    std::atomic<int> run{0};
    WorkerPool pool(4);
    submit(
        pool, [&] { ++run; }, 1000);
    pool.stop();
    CHECK(run == 1000);
}

TEST_CASE("a pool knows its own threads", "[pool]") {
    WorkerPool pool(1), other(1);
    std::atomic<bool> own{false}, foreign{true};
    submit(pool, [&] {
        own = pool.on_thread();
        foreign = other.on_thread();
    });
    pool.stop();
    CHECK(own);
    CHECK_FALSE(foreign);
    CHECK_FALSE(pool.on_thread());
}
