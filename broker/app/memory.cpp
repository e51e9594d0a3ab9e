// SPDX-License-Identifier: Apache-2.0
#include "app/memory.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <limits>
#include <malloc.h>
#include <string>
#include <unistd.h>

namespace fairlead::app {
namespace {

constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();

// The file says "max" where there is no limit, and nothing is there in the topmost cgroup.
std::size_t limit_in(const std::filesystem::path& file) {
    std::size_t limit = 0;
    return std::ifstream(file) >> limit ? limit : kNoLimit;
}

}  // namespace

std::size_t resident_bytes() {
    std::size_t size = 0;
    std::size_t resident = 0;
    std::ifstream("/proc/self/statm") >> size >> resident;
    return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

std::size_t cgroup_limit(const std::filesystem::path& membership, const std::filesystem::path& root) {
    std::ifstream lines(membership);
    std::string line;
    while (std::getline(lines, line) && !line.starts_with("0::/")) {
    }
    if (!line.starts_with("0::/")) return kNoLimit;
    std::filesystem::path own = line.substr(4);
    std::size_t least = limit_in(root / "memory.max");
    for (; !own.empty(); own = own.parent_path())
        least = std::min(least, limit_in(root / own / "memory.max"));
    return least;
}

std::size_t memory_limit() {
    const auto pages = static_cast<std::size_t>(::sysconf(_SC_PHYS_PAGES));
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    return std::min(pages * page, cgroup_limit("/proc/self/cgroup", "/sys/fs/cgroup"));
}

void return_free_memory() {
    ::malloc_trim(0);
}

}  // namespace fairlead::app
