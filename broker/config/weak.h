// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

#include "config/config.h"
#include "config/problem.h"

/// What weak_settings() is put together from.
///
/// Threads: any.
namespace fairlead::config {

class WeakList {
public:
    void add(bool weak, std::string name, std::string what) {
        if (weak) problems_.push_back({std::move(name), std::move(what)});
    }
    Problems take() && { return std::move(problems_); }

private:
    Problems problems_;
};

/// Limits that are far above what ships, and times that are too long.
void add_weak_limits(WeakList& list, const Config& config);

/// [[namespace]], [[permission]] and [[service]] tables that open more than a table should.
void add_weak_tables(WeakList& list, const Config& config);

}  // namespace fairlead::config
