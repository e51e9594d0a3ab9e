// SPDX-License-Identifier: Apache-2.0
// What a peer without a key can make the broker hold, and for how long.
#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <string>
#include <vector>

#include "abuse/zmtp.h"
#include "support/footprint.h"
#include "support/keys.h"
#include "support/parties.h"
#include "support/raw.h"

namespace fairlead::support {
namespace {

constexpr std::size_t kFlood = 500 * kMiB;

/// The head of a command of that many bytes.
std::string long_command(std::uint64_t size) {
    return zmtp_head('\x06', size);
}

TEST_CASE("T37: a command of 500 MB before the handshake is cut, and held nowhere", "[backplane]") {
    KeyFolder keys;
    keys.configure(table_of("orders", keys.key("orders"), kAllRights));
    Broker broker(keys.options());
    const std::size_t before = footprint_of(broker.process().pid()).resident;
    std::size_t most = before;
    const std::string piece(kMiB, 'x');
    for (int peer = 0; peer < 5; ++peer) {
        Raw raw(broker.backplane_address());
        REQUIRE(raw.send(zmtp_greeting("CURVE")));
        bool open = raw.send(long_command(kFlood));
        std::size_t sent = 0;
        while (open && sent < kFlood) {
            open = raw.send(piece);
            sent += piece.size();
            most = std::max(most, footprint_of(broker.process().pid()).resident);
        }
        CHECK_FALSE(open);
        CHECK(sent < kFlood / 10);
        CHECK(raw.ends());
    }
    CHECK(most - before < 8 * kMiB);
    Service orders{"orders", "1.0.0", keys.service(broker.backplane_address(), "orders")};
    join(orders);
}

TEST_CASE("T37: whoever is silent in the handshake is cut", "[backplane]") {
    KeyFolder keys;
    keys.configure(table_of("orders", keys.key("orders"), kAllRights));
    Broker broker(keys.options());
    const auto begin = std::chrono::steady_clock::now();
    Raw silent(broker.backplane_address());
    Raw half(broker.backplane_address());
    half.send(zmtp_greeting("CURVE").substr(0, 11));
    Raw greeted(broker.backplane_address());
    greeted.send(zmtp_greeting("CURVE"));
    CHECK(silent.ends());
    CHECK(half.ends());
    CHECK(greeted.ends());
    // libzmq's own limit is 30 s.
    CHECK(std::chrono::steady_clock::now() - begin < kPatience);
}

}  // namespace
}  // namespace fairlead::support
