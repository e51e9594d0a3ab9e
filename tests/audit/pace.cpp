// SPDX-License-Identifier: Apache-2.0
#include "audit/pace.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <stdexcept>

namespace fairlead::audit {

Pace::Pace(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    void* memory = MAP_FAILED;
    if (file >= 0 && ::ftruncate(file, sizeof(Page)) == 0)
        memory = ::mmap(nullptr, sizeof(Page), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (file >= 0) ::close(file);
    if (memory == MAP_FAILED) throw std::runtime_error{"cannot share " + path};
    page_ = static_cast<Page*>(memory);  // a new file is zeros
}

Pace::~Pace() {
    ::munmap(page_, sizeof(Page));
}

}  // namespace fairlead::audit
