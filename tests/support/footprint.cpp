// SPDX-License-Identifier: Apache-2.0
#include "support/footprint.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace fairlead::support {
namespace {

std::string file_of(pid_t pid, const char* name) {
    return "/proc/" + std::to_string(pid) + "/" + name;
}

}  // namespace

Footprint footprint_of(pid_t pid) {
    Footprint found;
    std::ifstream in(file_of(pid, "status"));
    for (std::string word; in >> word;) {
        std::size_t* const figure = word == "VmRSS:"    ? &found.resident
                                    : word == "VmHWM:"  ? &found.peak_resident
                                    : word == "VmSize:" ? &found.address_space
                                    : word == "VmPeak:" ? &found.peak_address_space
                                                        : nullptr;
        if (figure != nullptr && in >> *figure) *figure *= kKiB;
    }
    return found;
}

void forget_peak(pid_t pid) {
    std::ofstream(file_of(pid, "clear_refs")) << "5";
}

double cpu_seconds(pid_t pid) {
    std::ifstream in(file_of(pid, "stat"));
    in.ignore(4096, ')');  // the program's name can hold anything
    std::string passed;
    for (int field = 3; field < 14; ++field)
        in >> passed;
    double user = 0;
    double system = 0;
    in >> user >> system;
    return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

std::size_t descriptors_of(pid_t pid) {
    const std::filesystem::directory_iterator all(file_of(pid, "fd"));
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

}  // namespace fairlead::support
