// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <zmq.hpp>

namespace fairlead::backplane {

/// The routing ids that libzmq makes up for the peers of a ROUTER: a zero byte and a number, one higher for each
/// peer that chose none. Where they start it takes from rand(), which nobody seeds: the same in every process. A
/// peer that chose an id which is to come makes libzmq abort when it comes. Threads: the socket's.
class Numbering {
public:
    /// From now on a start that nobody can know. Before the ROUTER is made.
    static void make_unguessable();

    /// Finds out where they start, by being the first peer. Before the socket listens.
    Numbering(zmq::context_t& context, zmq::socket_t& router);

    /// Whether libzmq can have made this one up, when so many connections have come.
    bool is_given(std::string_view routing_id, std::uint32_t connections) const noexcept;

private:
    std::uint32_t first_ = 0;
};

}  // namespace fairlead::backplane
