// SPDX-License-Identifier: Apache-2.0
#include "backplane/call_table.h"

#include <catch2/catch.hpp>
#include <random>
#include <unordered_map>

namespace fairlead::backplane {
namespace {

core::Request request(core::CallId call) {
    core::Request request;
    request.call = call;
    request.topic = std::to_string(call);
    return request;
}

TEST_CASE("a call is found until it is erased", "[call_table]") {
    CallTable table;
    Pending& pending = table.insert(request(5));
    REQUIRE(table.find(5) == &pending);
    REQUIRE(table.find(6) == nullptr);
    table.erase(pending);
    REQUIRE(table.find(5) == nullptr);
    REQUIRE(table.size() == 0);
}

TEST_CASE("the table agrees with a plain map over many random steps", "[call_table]") {
    CallTable table;
    std::unordered_map<core::CallId, Pending*> model;
    std::mt19937 random(1);
    for (int step = 0; step < 50'000; ++step) {
        // Few different ids, so that runs collide and holes are filled.
        core::CallId call = random() % 2000 * 0x1'0000'0000U;
        if (auto known = model.find(call); known != model.end()) {
            REQUIRE(table.find(call) == known->second);
            table.erase(*known->second);
            model.erase(known);
        } else {
            REQUIRE(table.find(call) == nullptr);
            model.emplace(call, &table.insert(request(call)));
        }
    }
    REQUIRE(table.size() == model.size());
    for (auto& [call, pending] : model) {
        REQUIRE(table.find(call) == pending);
        REQUIRE(pending->request.topic == std::to_string(call));
    }
}

}  // namespace
}  // namespace fairlead::backplane
