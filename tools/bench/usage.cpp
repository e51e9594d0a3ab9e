// SPDX-License-Identifier: Apache-2.0
#include "bench/usage.h"

#include <dirent.h>
#include <sched.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <sstream>
#include <thread>
#include <vector>

namespace fairlead::bench {
namespace {

using std::chrono::nanoseconds;

std::string read_file(const std::string& path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

/// The ids of a process's threads; empty if it is gone.
std::vector<std::string> threads_of(const std::string& folder) {
    std::vector<std::string> ids;
    const std::unique_ptr<DIR, int (*)(DIR*)> handle(::opendir(folder.c_str()), &::closedir);
    if (!handle) return ids;
    while (const dirent* entry = ::readdir(handle.get())) {
        if (entry->d_name[0] != '.') ids.emplace_back(entry->d_name);
    }
    return ids;
}

nanoseconds ticks_of(const std::string& stat) {
    // The program's name stands in parentheses and may hold anything, so the count of fields starts after it.
    std::istringstream fields(stat.substr(std::min(stat.size(), stat.rfind(')') + 1)));
    std::string skipped;
    for (int i = 3; i < 14; ++i)
        fields >> skipped;
    std::int64_t user = 0;
    std::int64_t system = 0;
    fields >> user >> system;
    return nanoseconds((user + system) * (1'000'000'000 / ::sysconf(_SC_CLK_TCK)));
}

std::string processor_name() {
    std::ifstream file("/proc/cpuinfo");
    for (std::string line; std::getline(file, line);) {
        if (line.rfind("model name", 0) == 0) return line.substr(line.find(':') + 2);
    }
    return "unknown processor";
}

}  // namespace

std::optional<nanoseconds> cpu_time(pid_t pid) {
    const std::string folder = "/proc/" + std::to_string(pid) + "/task";
    const auto threads = threads_of(folder);
    if (threads.empty()) return std::nullopt;
    nanoseconds sum{0};
    for (const auto& thread : threads) {
        const std::string path = folder + "/" + thread;
        std::int64_t on_cpu = 0;
        std::istringstream exact(read_file(path + "/schedstat"));
        sum += exact >> on_cpu ? nanoseconds(on_cpu) : ticks_of(read_file(path + "/stat"));
    }
    return sum;
}

std::uint64_t resident_bytes(pid_t pid) {
    std::istringstream fields(read_file("/proc/" + std::to_string(pid) + "/statm"));
    std::uint64_t total = 0;
    std::uint64_t resident = 0;
    fields >> total >> resident;
    return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

bool pin_to_core(int core) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(static_cast<std::size_t>(core), &set);
    return ::sched_setaffinity(0, sizeof set, &set) == 0;
}

std::string machine() {
    utsname system{};
    ::uname(&system);
    return processor_name() + ", " + std::to_string(std::thread::hardware_concurrency()) + " cores, " +
           system.sysname + " " + system.release;
}

const char* build_type() {
#ifdef NDEBUG
    return "optimised";
#else
    return "debug (figures mean little)";
#endif
}

}  // namespace fairlead::bench
