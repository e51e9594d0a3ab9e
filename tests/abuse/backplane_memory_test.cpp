// SPDX-License-Identifier: Apache-2.0
// What a peer without a key can make the broker hold, and for how long.
#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <string>
#include <vector>

#include "support/footprint.h"
#include "support/keys.h"
#include "support/parties.h"
#include "support/raw.h"

namespace fairlead::support {
namespace {

constexpr std::size_t kFlood = 500 * kMiB;

/// The greeting of ZMTP 3.0 for CURVE.
std::string zmtp_greeting() {
    std::string bytes("\xff\0\0\0\0\0\0\0\0\x7f\x03\0", 12);
    bytes += std::string("CURVE") + std::string(15, '\0');
    bytes += std::string(32, '\0');
    return bytes;
}

/// The head of a command of that many bytes.
std::string long_command(std::uint64_t size) {
    std::string bytes("\x06", 1);
    for (int shift = 56; shift >= 0; shift -= 8)
        bytes += static_cast<char>((size >> shift) & 0xff);
    return bytes;
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
        REQUIRE(raw.send(zmtp_greeting()));
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
    half.send(zmtp_greeting().substr(0, 11));
    Raw greeted(broker.backplane_address());
    greeted.send(zmtp_greeting());
    CHECK(silent.ends());
    CHECK(half.ends());
    CHECK(greeted.ends());
    // libzmq's own limit is 30 s.
    CHECK(std::chrono::steady_clock::now() - begin < kPatience);
}

}  // namespace
}  // namespace fairlead::support
