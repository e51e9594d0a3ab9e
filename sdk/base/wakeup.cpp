// SPDX-License-Identifier: Apache-2.0
#include "base/wakeup.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace fairlead::base {

Wakeup::Wakeup() : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

Wakeup::~Wakeup() {
    ::close(descriptor_);
}

void Wakeup::signal() noexcept {
    // It fails only when it is readable already.
    [[maybe_unused]] int failed = ::eventfd_write(descriptor_, 1);
}

void Wakeup::clear() noexcept {
    eventfd_t count;
    [[maybe_unused]] int failed = ::eventfd_read(descriptor_, &count);
}

}  // namespace fairlead::base
