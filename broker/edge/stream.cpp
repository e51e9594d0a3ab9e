// SPDX-License-Identifier: Apache-2.0
#include "edge/stream.h"

#include <algorithm>
#include <sys/socket.h>
#include <unistd.h>

#include "edge/socket_io.h"

namespace fairlead::edge {

Stream::Stream(int descriptor, const TlsContext* context)
    : descriptor_(descriptor), tls_(context != nullptr ? std::make_unique<TlsSession>(*context, descriptor) : nullptr) {}

IoResult Stream::read(char* buffer, std::size_t size) noexcept {
    return tls_ ? tls_->read(buffer, size) : receive_from(descriptor_, buffer, size);
}

IoResult Stream::write(const char* data, std::size_t size) noexcept {
    return tls_ ? tls_->write(data, size) : send_to(descriptor_, data, size);
}

std::size_t Stream::piece(std::size_t size) const noexcept {
    return tls_ ? std::min(size, TlsSession::kMaxRecordBytes) : size;
}

void Stream::finish() noexcept {
    if (tls_) tls_->say_goodbye();
    if (holds() == 0) ::shutdown(descriptor_, SHUT_WR);
}

void Stream::close() noexcept {
    if (descriptor_ < 0) return;
    if (tls_) tls_->say_goodbye();
    ::close(descriptor_);
    descriptor_ = -1;
}

}  // namespace fairlead::edge
