// SPDX-License-Identifier: Apache-2.0
#include "edge/socket_io.h"

#include <cerrno>
#include <sys/socket.h>

namespace fairlead::edge {
namespace {

IoResult failed() {
    bool later = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
    return {later ? IoState::would_block : IoState::ended, 0};
}

}  // namespace

IoResult receive_from(int descriptor, char* buffer, std::size_t size) noexcept {
    ssize_t got = ::recv(descriptor, buffer, size, 0);
    if (got > 0) return {IoState::ok, static_cast<std::size_t>(got)};
    if (got == 0) return {IoState::ended, 0};
    return failed();
}

IoResult send_to(int descriptor, const char* data, std::size_t size) noexcept {
    ssize_t sent = ::send(descriptor, data, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) return {IoState::ok, static_cast<std::size_t>(sent)};
    return failed();
}

}  // namespace fairlead::edge
