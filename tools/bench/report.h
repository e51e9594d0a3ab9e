// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "bench/series.h"

namespace fairlead::bench {

/// One figure of a run.
struct Figure {
    std::string name;  // for people, with its unit
    std::string key;   // for programs
    Series series;
};

/// What a run says of itself and what it found. Threads: one.
class Report {
public:
    explicit Report(std::string title) : title_(std::move(title)) {}

    /// A line of the head: machine, build, command, configuration.
    void note(std::string name, std::string text) { notes_.emplace_back(std::move(name), std::move(text)); }
    void add(Figure figure) { figures_.push_back(std::move(figure)); }
    /// Something that makes the figures worthless; the program then fails.
    void fail(std::string text) { failures_.push_back(std::move(text)); }
    bool failed() const { return !failures_.empty(); }

    /// A table of median, min and max.
    std::string as_table() const;
    /// One JSON object in one line.
    std::string as_json() const;

private:
    std::string title_;
    std::vector<std::pair<std::string, std::string>> notes_;
    std::vector<Figure> figures_;
    std::vector<std::string> failures_;
};

}  // namespace fairlead::bench
