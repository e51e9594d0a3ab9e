// SPDX-License-Identifier: Apache-2.0
#include "edge/stream.h"

#include <cerrno>
#include <sys/socket.h>
#include <unistd.h>

namespace fairlead::edge {
namespace {

IoResult failed() {
    bool later = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
    return {later ? IoState::would_block : IoState::ended, 0};
}

}  // namespace

IoResult Stream::read(char* buffer, std::size_t size) noexcept {
    ssize_t got = ::recv(descriptor_, buffer, size, 0);
    if (got > 0) return {IoState::ok, static_cast<std::size_t>(got)};
    if (got == 0) return {IoState::ended, 0};
    return failed();
}

IoResult Stream::write(const char* data, std::size_t size) noexcept {
    ssize_t sent = ::send(descriptor_, data, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) return {IoState::ok, static_cast<std::size_t>(sent)};
    return failed();
}

void Stream::finish() noexcept { ::shutdown(descriptor_, SHUT_WR); }

void Stream::close() noexcept {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
}

}  // namespace fairlead::edge
