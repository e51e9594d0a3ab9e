// SPDX-License-Identifier: Apache-2.0
#include "bench/series.h"

#include <algorithm>

namespace fairlead::bench {

double Series::median() const {
    if (values_.empty()) return 0;
    std::vector<double> sorted = values_;
    std::sort(sorted.begin(), sorted.end());
    const std::size_t middle = sorted.size() / 2;
    return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

double Series::min() const {
    return values_.empty() ? 0 : *std::min_element(values_.begin(), values_.end());
}

double Series::max() const {
    return values_.empty() ? 0 : *std::max_element(values_.begin(), values_.end());
}

double percentile(std::vector<float>& samples, double part) {
    if (samples.empty()) return 0;
    const auto index = static_cast<std::size_t>(part * static_cast<double>(samples.size() - 1));
    const auto place = samples.begin() + static_cast<std::ptrdiff_t>(index);
    std::nth_element(samples.begin(), place, samples.end());
    return static_cast<double>(*place);
}

}  // namespace fairlead::bench
