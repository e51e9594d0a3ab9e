// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <asio/io_context.hpp>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "backplane/door.h"
#include "backplane/options.h"
#include "backplane/watch.h"
#include "backplane/zap.h"

namespace fairlead::backplane {

/// A ROUTER in the loop of core's thread, and the gatekeeper of its keys. Threads: one, core's.
class DoorZmq final : public Door {
public:
    DoorZmq(asio::io_context& io, const Options& options, std::function<void()> want_turn);
    ~DoorZmq() override { close({}); }

    void open(Parts& parts) override;
    const std::vector<std::string>& addresses() const noexcept override { return bound_; }
    void admit() override;
    base::SendOutcome send(std::span<zmq::message_t> parts) override { return socket_.send(parts); }
    base::ReceiveOutcome receive(std::vector<zmq::message_t>& parts, std::size_t max_parts) override {
        return socket_.receive(parts, max_parts);
    }
    bool readable() const override { return socket_.readable(); }
    void watch() override { watch_.wait(); }
    void close(std::chrono::milliseconds farewell) override;

private:
    asio::io_context& io_;
    const std::function<void()> want_turn_;
    zmq::context_t context_{1};
    base::ZmqSocket socket_;
    Watch watch_;
    std::optional<Zap> zap_;  // with keys
    std::vector<std::string> bound_;
};

}  // namespace fairlead::backplane
