// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

namespace fairlead::bench {

/// The figures of several rounds, summed up by median, least and greatest. Threads: one.
class Series {
public:
    void add(double value) { values_.push_back(value); }
    bool empty() const { return values_.empty(); }
    /// All three are 0 without values.
    double median() const;
    double min() const;
    double max() const;

private:
    std::vector<double> values_;
};

/// The value below which `part` (0 to 1) of the samples lie; reorders them. 0 without samples.
double percentile(std::vector<float>& samples, double part);

}  // namespace fairlead::bench
