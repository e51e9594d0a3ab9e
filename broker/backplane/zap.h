// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string_view>
#include <vector>
#include <zmq.hpp>

#include "backplane/log_limit.h"
#include "backplane/parts.h"
#include "backplane/watch.h"

namespace fairlead::backplane {

/// Whom libzmq lets in: the ZAP handler (RFC 27) of our context. A key of the table gets in, and its 40
/// characters are the `User-Id` of all that its owner sends; all others are refused. It sits in the gateway's
/// loop: a handshake waits for the turn, at most its 3 s. Threads: one, core's.
class Zap {
public:
    Zap(asio::io_context& io, zmq::context_t& context, Parts& parts, std::function<void()> want_turn);

    /// Answers all who wait. To be called in each turn.
    void answer();

private:
    bool receive();
    void answer_one();
    void log_refusal(std::string_view key);
    std::string_view field(std::size_t index) const;

    Parts& parts_;
    zmq::socket_t socket_;
    Watch watch_;
    std::vector<zmq::message_t> question_;
    LogLimit refusal_limit_;
};

}  // namespace fairlead::backplane
