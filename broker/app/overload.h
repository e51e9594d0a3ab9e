// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace fairlead::app {

/// The steps that the broker takes when its memory becomes short. A step is left a good way below where it was entered,
/// so that the broker does not waver between two.
/// Threads: one.
class Overload {
public:
    enum class Step : std::uint8_t {
        none,
        refuse,  ///< from 85 % of the budget on: no new clients
        shed,    ///< from 92 %: the clients that read least go as well
    };

    explicit Overload(std::size_t budget) : budget_(budget) {}

    /// So many bytes are in use now.
    Step look(std::size_t used) noexcept;
    Step step() const noexcept { return step_; }

    /// In `shed`, how many bytes have to go until only `refuse` is left; else 0.
    std::size_t excess() const noexcept { return excess_; }

private:
    std::size_t percent(std::size_t part) const noexcept { return budget_ / 100 * part; }

    const std::size_t budget_;
    std::size_t excess_ = 0;
    Step step_ = Step::none;
};

std::string_view name_of(Overload::Step step) noexcept;

}  // namespace fairlead::app
