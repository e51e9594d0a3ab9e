// SPDX-License-Identifier: Apache-2.0
#include "backplane/numbering.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <deque>
#include <set>
#include <string>

namespace fairlead::backplane {
namespace {

std::string id_of(std::uint32_t number) {
    std::string id(1, '\0');
    for (int shift = 24; shift >= 0; shift -= 8)
        id += static_cast<char>(number >> static_cast<unsigned>(shift));
    return id;
}

std::uint32_t number_of(const std::string& id) {
    std::uint32_t number = 0;
    for (const char byte : id.substr(1))
        number = number << 8U | static_cast<unsigned char>(byte);
    return number;
}

TEST_CASE("T35: routing ids of libzmq's making are known, others are not", "[numbering]") {
    zmq::context_t context;
    zmq::socket_t router(context, zmq::socket_type::router);
    const Numbering numbering(context, router);
    router.bind("inproc://door");
    std::deque<zmq::socket_t> peers;
    std::string last;
    for (std::uint32_t came = 1; came <= 3; ++came) {
        peers.emplace_back(context, zmq::socket_type::dealer);
        peers.back().connect("inproc://door");
        peers.back().send(zmq::message_t(), zmq::send_flags::none);
        zmq::message_t id;
        zmq::message_t rest;
        REQUIRE(router.recv(id));
        REQUIRE(router.recv(rest));
        last = id.to_string();
        CHECK(numbering.is_given(last, came));
        CHECK_FALSE(numbering.is_given(last, came - 1));
    }
    const std::uint32_t number = number_of(last);
    CHECK_FALSE(numbering.is_given(id_of(number + 1), 3));
    CHECK_FALSE(numbering.is_given(id_of(number - 3), 3));  // ours
    CHECK_FALSE(numbering.is_given("", 3));
    CHECK_FALSE(numbering.is_given("orders", 3));
    CHECK_FALSE(numbering.is_given(last.substr(0, 4), 3));
    CHECK_FALSE(numbering.is_given(last + "x", 3));
}

TEST_CASE("T35: where the routing ids start cannot be known", "[numbering]") {
    std::set<std::string> starts;
    for (int i = 0; i < 4; ++i) {
        std::srand(1);  // as in each process
        Numbering::make_unguessable();
        zmq::context_t context;
        zmq::socket_t router(context, zmq::socket_type::router);
        router.bind("inproc://door");
        zmq::socket_t peer(context, zmq::socket_type::dealer);
        peer.connect("inproc://door");
        peer.send(zmq::message_t(), zmq::send_flags::none);
        zmq::message_t id;
        REQUIRE(router.recv(id));
        starts.insert(id.to_string());
    }
    CHECK(starts.size() == 4);
}

}  // namespace
}  // namespace fairlead::backplane
