// SPDX-License-Identifier: Apache-2.0
// What the backplane builds on, shown with bare sockets: keys belong to addresses, not to sockets.
#include <poll.h>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "base/zmq_socket.h"

using namespace fairlead::base;

namespace {

constexpr std::size_t kPartBytes = 256 * 1024;

void send_one(ZmqSocket& dealer, std::size_t bytes) {
    for (int i = 0; i < 100 && !dealer.writable(); ++i) {
        pollfd descriptor{dealer.descriptor(), POLLIN, 0};
        ::poll(&descriptor, 1, 100);
    }
    std::vector<zmq::message_t> parts;
    parts.emplace_back(std::string(bytes, 'x'));
    REQUIRE(dealer.send(parts) == SendOutcome::sent);
}

bool arrives(ZmqSocket& router, std::size_t bytes) {
    std::vector<zmq::message_t> parts;
    for (int turn = 0; turn < 100; ++turn) {
        if (router.receive(parts, 4) == ReceiveOutcome::received) return parts.back().size() == bytes;
        pollfd descriptor{router.descriptor(), POLLIN, 0};
        if (::poll(&descriptor, 1, 10'000) == 0) break;
    }
    return false;
}

struct Server {
    explicit Server(zmq::context_t& context) : socket(context, zmq::socket_type::router, kPartBytes) {}
    std::string bind(const SecretKey& key) {
        socket.serve_keyed(key, "test");
        socket.raw().bind("tcp://127.0.0.1:*");
        return socket.raw().get(zmq::sockopt::last_endpoint);
    }
    ZmqSocket socket;
};

}  // namespace

TEST_CASE("one socket serves two addresses with a key each", "[zmq][curve]") {
    zmq::context_t context(1);
    Server server(context);
    const SecretKey old_key = SecretKey::make();
    const SecretKey new_key = SecretKey::make();
    const std::string old_address = server.bind(old_key);
    const std::string new_address = server.bind(new_key);
    const bool old_one = GENERATE(true, false);
    ZmqSocket dealer(context, zmq::socket_type::dealer, kPartBytes);
    dealer.raw().set(zmq::sockopt::immediate, true);
    const SecretKey own = SecretKey::make();
    dealer.connect_keyed(own, (old_one ? old_key : new_key).public_key());
    dealer.raw().connect(old_one ? old_address : new_address);
    send_one(dealer, 5);
    CHECK(arrives(server.socket, 5));
}

TEST_CASE("the largest part passes with keys as without", "[zmq][curve]") {
    zmq::context_t context(1);
    Server server(context);
    const SecretKey key = SecretKey::make();
    const std::string address = server.bind(key);
    ZmqSocket dealer(context, zmq::socket_type::dealer, kPartBytes);
    dealer.raw().set(zmq::sockopt::immediate, true);
    const SecretKey own = SecretKey::make();
    dealer.connect_keyed(own, key.public_key());
    dealer.raw().connect(address);
    send_one(dealer, kPartBytes);
    CHECK(arrives(server.socket, kPartBytes));
}
