// SPDX-License-Identifier: Apache-2.0
#include "unit/config/cases.h"

#include <fstream>
#include <stdexcept>

namespace fairlead::config::test {
namespace {

bool starts_with(const std::string& text, const char* prefix) {
    return text.rfind(prefix, 0) == 0;
}

void take_line(Case& into, const std::string& part, const std::string& line) {
    if (part == "file") {
        into.file = into.file.value_or("") + line + "\n";
    } else if (line.empty()) {
        return;
    } else if (part == "environment") {
        into.environment.push_back(line);
    } else if (part == "set") {
        into.overrides.push_back(line);
    } else if (part == "problems") {
        into.problems.push_back(line);
    } else {
        throw std::runtime_error("no such part: " + part);
    }
}

}  // namespace

std::vector<Case> read_cases(const std::string& path) {
    std::ifstream in(path);
    if (!in) throw std::runtime_error("cannot read " + path);
    std::vector<Case> cases;
    std::string part;
    for (std::string line; std::getline(in, line);) {
        if (starts_with(line, "== ")) {
            cases.push_back({line.substr(3), {}, {}, {}, {}});
            part.clear();
        } else if (starts_with(line, "-- ")) {
            part = line.substr(3);
            if (part == "file") cases.back().file = "";
        } else if (!part.empty()) {
            take_line(cases.back(), part, line);
        }
    }
    return cases;
}

}  // namespace fairlead::config::test
