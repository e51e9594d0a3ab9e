// SPDX-License-Identifier: Apache-2.0
#include "backplane/numbering.h"

#include <sys/random.h>

#include <cstdlib>
#include <optional>
#include <stdexcept>

namespace fairlead::backplane {
namespace {

constexpr const char* kAddress = "inproc://fairlead-numbering";
constexpr std::size_t kGivenBytes = 5;

std::optional<std::uint32_t> number_of(std::string_view routing_id) noexcept {
    if (routing_id.size() != kGivenBytes || routing_id.front() != '\0') return std::nullopt;
    std::uint32_t number = 0;
    for (const char byte : routing_id.substr(1))
        number = number << 8U | static_cast<unsigned char>(byte);
    return number;
}

}  // namespace

void Numbering::make_unguessable() {
    unsigned seed = 0;
    if (::getrandom(&seed, sizeof seed, 0) != static_cast<ssize_t>(sizeof seed))
        throw std::runtime_error("backplane: no random bytes to be had");
    std::srand(seed);
}

Numbering::Numbering(zmq::context_t& context, zmq::socket_t& router) {
    router.bind(kAddress);
    zmq::socket_t peer(context, zmq::socket_type::dealer);
    peer.set(zmq::sockopt::linger, 0);
    peer.connect(kAddress);
    peer.send(zmq::message_t(), zmq::send_flags::none);
    zmq::message_t routing_id;
    zmq::message_t nothing;
    static_cast<void>(router.recv(routing_id));
    static_cast<void>(router.recv(nothing));
    router.unbind(kAddress);
    const auto number = number_of(routing_id.to_string_view());
    if (!number) throw std::runtime_error("backplane: this libzmq numbers its peers in another way");
    first_ = *number;
}

bool Numbering::is_given(std::string_view routing_id, std::uint32_t connections) const noexcept {
    const auto number = number_of(routing_id);
    if (!number) return false;
    const std::uint32_t distance = *number - first_;  // the numbers begin anew after the highest
    return distance > 0 && distance <= connections;
}

}  // namespace fairlead::backplane
