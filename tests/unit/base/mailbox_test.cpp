// SPDX-License-Identifier: Apache-2.0
#include "base/mailbox.h"

#include <catch2/catch.hpp>

#include <condition_variable>
#include <memory>
#include <thread>

using fairlead::base::Mailbox;

TEST_CASE("entries come in the order of their posting, and the reader is woken once a batch", "[mailbox]") {
    int wakes = 0;
    Mailbox<int> mailbox(10, [&] { ++wakes; });
    for (int i = 0; i < 5; ++i) {
        CHECK(mailbox.post(int{i}));
    }
    CHECK(wakes == 1);
    CHECK(mailbox.size() == 5);
    std::vector<int> got;
    CHECK(mailbox.drain([&](int&& entry) { got.push_back(entry); }));
    CHECK(got == std::vector<int>{0, 1, 2, 3, 4});
    CHECK(mailbox.size() == 0);
    CHECK_FALSE(mailbox.drain([](int&&) {}));
    mailbox.post(6);
    CHECK(wakes == 2);
}

TEST_CASE("what is posted during a drain is for the next one", "[mailbox]") {
    int wakes = 0;
    Mailbox<int> mailbox(10, [&] { ++wakes; });
    mailbox.post(1);
    std::vector<int> got;
    auto take = [&](int&& entry) {
        got.push_back(entry);
        if (entry < 3) mailbox.post(entry + 1);
    };
    CHECK(mailbox.drain(take));
    CHECK(got == std::vector<int>{1});
    CHECK(wakes == 2);
    CHECK(mailbox.drain(take));
    CHECK(mailbox.drain(take));
    CHECK_FALSE(mailbox.drain(take));
    CHECK(got == std::vector<int>{1, 2, 3});
}

TEST_CASE("a writer learns that there is no room", "[mailbox]") {
    Mailbox<int> mailbox(2, [] {});
    CHECK(mailbox.has_room());
    mailbox.post(1);
    CHECK(mailbox.has_room());
    mailbox.post(2);
    CHECK_FALSE(mailbox.has_room());
    CHECK(mailbox.post(3));  // it is told, not stopped
    mailbox.drain([](int&&) {});
    CHECK(mailbox.has_room());
}

TEST_CASE("a closed mailbox gives the entry back", "[mailbox]") {
    Mailbox<std::unique_ptr<int>> mailbox(2, [] {});
    mailbox.post(std::make_unique<int>(1));
    mailbox.close();
    auto entry = std::make_unique<int>(2);
    CHECK_FALSE(mailbox.post(std::move(entry)));
    REQUIRE(entry);
    CHECK(*entry == 2);
    int drained = 0;
    mailbox.drain([&](std::unique_ptr<int>&& left) { drained = *left; });
    CHECK(drained == 1);
}

TEST_CASE("many writers lose nothing and each keeps its order", "[mailbox]") {
    constexpr int kWriters = 4, kEach = 5000;
    std::mutex mutex;
    std::condition_variable woken;
    bool wake = false;
    Mailbox<std::pair<int, int>> mailbox(10, [&] {
        std::lock_guard lock(mutex);
        wake = true;
        woken.notify_one();
    });
    std::vector<std::thread> writers;
    for (int writer = 0; writer < kWriters; ++writer) {
        writers.emplace_back([&, writer] {
            for (int i = 0; i < kEach; ++i)
                mailbox.post({writer, i});
        });
    }
    std::vector<int> next(kWriters, 0);
    int total = 0;
    bool ordered = true, missed = false;
    while (total < kWriters * kEach && !missed) {
        {
            std::unique_lock lock(mutex);
            missed = !woken.wait_for(lock, std::chrono::seconds(10), [&] { return wake; });
            wake = false;
        }
        mailbox.drain([&](std::pair<int, int>&& entry) {
            ordered = ordered && entry.second == next[static_cast<std::size_t>(entry.first)]++;
            ++total;
        });
    }
    for (std::thread& writer : writers)
        writer.join();
    CHECK_FALSE(missed);
    CHECK(ordered);
    CHECK(total == kWriters * kEach);
}
