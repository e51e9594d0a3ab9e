// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <vector>

#include "core/row.h"

namespace fairlead::core {

/// A table whose rows are taken and given back; what was given back is taken again first. A reference to a
/// record holds until its row is given back. Its memory is that of the most rows there ever were at once,
/// until clear().
///
/// Threads: one.
template <typename T>
class Slab {
public:
    Row take() {
        if (free_.empty()) {
            rows_.emplace_back();
            return static_cast<Row>(rows_.size() - 1);
        }
        const Row row = free_.back();
        free_.pop_back();
        return row;
    }

    void give(Row row) {
        // Not by assignment: a string would keep its memory.
        std::destroy_at(&rows_[row]);
        std::construct_at(&rows_[row]);
        free_.push_back(row);
    }

    /// All rows are given back, and their memory too.
    void clear() {
        std::deque<T>().swap(rows_);
        std::vector<Row>().swap(free_);
    }

    T& operator[](Row row) { return rows_[row]; }
    const T& operator[](Row row) const { return rows_[row]; }
    std::size_t size() const noexcept { return rows_.size() - free_.size(); }
    /// Those that are not taken too.
    std::size_t rows() const noexcept { return rows_.size(); }

private:
    std::deque<T> rows_;
    std::vector<Row> free_;
};

}  // namespace fairlead::core
