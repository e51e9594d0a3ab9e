// SPDX-License-Identifier: Apache-2.0
#include "testing/host_memory.h"

#include <algorithm>
#include <utility>

namespace fairlead::testing {
namespace {

thread_local std::shared_ptr<Seat> own_seat;  // of the I/O thread that runs

constexpr std::chrono::milliseconds kNap{10};

/// The service's end of a cable. Threads: one.
class LineMemory final : public detail::Line {
public:
    LineMemory(std::shared_ptr<Switchboard> board, std::shared_ptr<Seat> seat)
        : board_(std::move(board)), seat_(std::move(seat)), cable_(board_->plug(*seat_)) {}
    ~LineMemory() override { board_->unplug(*cable_); }

    bool writable() const override { return !board_->has_ended(*cable_); }
    base::SendOutcome send(std::span<zmq::message_t> parts) override {
        return board_->send(*seat_, *cable_, parts);
    }
    base::ReceiveOutcome receive(std::vector<zmq::message_t>& parts, std::size_t) override {
        return board_->receive(*cable_, parts);
    }
    detail::LinkEnding ending() override {
        return board_->has_ended(*cable_) ? detail::LinkEnding::lost : detail::LinkEnding::none;
    }
    void add_descriptors(std::vector<pollfd>& descriptors) const override {
        descriptors.push_back(pollfd{cable_->arrived.descriptor(), POLLIN, 0});
    }

private:
    const std::shared_ptr<Switchboard> board_;
    const std::shared_ptr<Seat> seat_;
    const std::shared_ptr<Cable> cable_;
};

}  // namespace

base::Steady HostMemory::now() const {
    const base::Steady now = clock_->now();
    if (!own_seat || !own_seat->left_at) return now;
    return now + (std::chrono::steady_clock::now() - *own_seat->left_at);
}

std::unique_ptr<detail::Line> HostMemory::connect(const std::string&, const detail::LinkKeys&, std::size_t) {
    return std::make_unique<LineMemory>(board_, own_seat);
}

void HostMemory::wait(std::vector<pollfd>& descriptors, base::Steady due) {
    Seat& seat = *own_seat;
    seat.call.clear();
    const bool runs = seat.left_at || board_->is_shut();
    {
        std::lock_guard lock(board_->mutex);
        seat.saw = board_->moved();
        seat.waiting = due > now();
        seat.descriptors = descriptors;
        board_->changed.notify_all();
    }
    if (!seat.waiting) {
        ::poll(descriptors.data(), descriptors.size(), 0);
    } else if (runs) {
        nap(descriptors, due);
    } else {
        descriptors.push_back(pollfd{seat.call.descriptor(), POLLIN, 0});
        ::poll(descriptors.data(), descriptors.size(), -1);
        descriptors.pop_back();
    }
    std::lock_guard lock(board_->mutex);
    seat.waiting = false;
}

void HostMemory::nap(std::vector<pollfd>& descriptors, base::Steady due) const {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(due - now());
    ::poll(descriptors.data(), descriptors.size(), static_cast<int>(std::min(left, kNap).count()));
}

void HostMemory::begin(std::function<bool()> idle) {
    own_seat = board_->sit(std::move(idle));
}

void HostMemory::leaving() {
    std::lock_guard lock(board_->mutex);
    own_seat->left_at = std::chrono::steady_clock::now();
}

void HostMemory::end() noexcept {
    board_->rise(own_seat);
    own_seat.reset();
}

void HostMemory::pool_ran_dry() {
    std::lock_guard lock(board_->mutex);
    board_->changed.notify_all();
}

}  // namespace fairlead::testing
