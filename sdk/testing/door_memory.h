// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <utility>

#include "backplane/door.h"
#include "testing/switchboard.h"

namespace fairlead::testing {

/// The broker's end of all cables. Its thread looks at the switchboard by itself. Threads: one.
class DoorMemory final : public backplane::Door {
public:
    explicit DoorMemory(std::shared_ptr<Switchboard> board) : board_(std::move(board)) {}

    void open(backplane::Parts&) override {}
    const std::vector<std::string>& addresses() const noexcept override { return none_; }
    void admit() override {}
    base::SendOutcome send(std::span<zmq::message_t> parts) override {
        return board_->send_to_service(parts);
    }
    base::ReceiveOutcome receive(std::vector<zmq::message_t>& parts, std::size_t) override {
        return board_->receive_of_services(parts);
    }
    bool readable() const override { return board_->readable(); }
    void watch() override {}
    void close(std::chrono::milliseconds) override {}

private:
    const std::shared_ptr<Switchboard> board_;
    const std::vector<std::string> none_;
};

}  // namespace fairlead::testing
