// SPDX-License-Identifier: Apache-2.0
#include "edge/poller.h"

#include <array>
#include <cerrno>
#include <sys/epoll.h>
#include <system_error>
#include <utility>

namespace fairlead::edge {
namespace {

constexpr int kBatch = 256;

int make_set() {
    int descriptor = ::epoll_create1(EPOLL_CLOEXEC);
    if (descriptor < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
    return descriptor;
}

void control(int set, int operation, int descriptor, Watched* watched, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.ptr = watched;
    if (::epoll_ctl(set, operation, descriptor, &event) < 0) {
        throw std::system_error(errno, std::generic_category(), "epoll_ctl");
    }
}

}  // namespace

Poller::Poller(asio::io_context& io, std::function<void()> before_batch, std::function<void()> after_batch)
    : set_(io, make_set()), before_batch_(std::move(before_batch)), after_batch_(std::move(after_batch)) {
    arm();
}

Poller::~Poller() = default;

void Poller::watch(int descriptor, Watched& watched, std::uint32_t events) {
    control(set_.native_handle(), EPOLL_CTL_ADD, descriptor, &watched, events);
}

void Poller::change(int descriptor, Watched& watched, std::uint32_t events) {
    control(set_.native_handle(), EPOLL_CTL_MOD, descriptor, &watched, events);
}

void Poller::forget(int descriptor) { ::epoll_ctl(set_.native_handle(), EPOLL_CTL_DEL, descriptor, nullptr); }

void Poller::arm() {
    set_.async_wait(asio::posix::stream_descriptor::wait_read, [this](const asio::error_code& error) {
        if (error) return;
        run_batch();
        arm();
    });
}

void Poller::run_batch() {
    std::array<epoll_event, kBatch> events;
    int count = ::epoll_wait(set_.native_handle(), events.data(), kBatch, 0);
    if (count <= 0) return;
    before_batch_();
    for (int i = 0; i < count; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        static_cast<Watched*>(event.data.ptr)->on_ready(event.events);
    }
    after_batch_();
}

}  // namespace fairlead::edge
