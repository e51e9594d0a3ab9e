// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include <fairlead/export.h>

namespace fairlead {

/// Why something failed, by the numbers that every client and service sees.
///
///     1 deadline  2 unavailable  3 stopped                        made here, never sent
///     100 internal  101 unauthorized  102 unknown_channel  103 denied  104 not_found
///     105 already_subscribed  106 limit_exceeded  107 bad_request  108 not_available
///     109 expired  110 position_expired  111 overloaded  112 unrecoverable   the table
///     400-999  free for applications
///     1000-1999  the application's own
///
/// Threads: one at a time, as any value.
struct FAIRLEAD_EXPORT Error {
    std::uint32_t code = 100;
    std::string message;     ///< for people; clients see it
    bool temporary = false;  ///< trying the same again may help
    std::string log_note;    ///< for this service's own log; never sent

    /// The table's name of `code` ("not_found"), or "application" for a number of 400-1999.
    std::string_view name() const noexcept;

    /// "1422: qty must be positive"
    std::string text() const;
};

/// What a handler returns to refuse: `return fairlead::fail(1422, "qty must be positive");`
/// `code` is 400-1999 or a number of the table from 100 on. Any other becomes 100, and the log says so.
FAIRLEAD_EXPORT Error fail(std::uint32_t code, std::string message);

/// The same by a name of the table: `fail("not_found", "no such order")`. An empty message takes the table's
/// text. An unknown name becomes 100, and the log says so.
FAIRLEAD_EXPORT Error fail(std::string_view name, std::string message = {});

namespace detail {
[[noreturn]] FAIRLEAD_EXPORT void throw_no_value(const Error& error);
[[noreturn]] FAIRLEAD_EXPORT void throw_no_error();
}  // namespace detail

/// A value or the Error that stands in its place.
///
///     fairlead::Result<Order> order = service.call<Order>("orders.get", GetOrder{7});
///     if (!order) return order.error();
///     use(order->sku);
///
/// Taking the value of an error, or the error of a value, is a mistake of the program: std::logic_error.
/// Threads: one at a time, as any value.
template <typename T>
class [[nodiscard]] Result {
    static_assert(!std::is_same_v<T, Error>, "an Error is not a value");

public:
    template <typename U = T, typename = std::enable_if_t<std::is_constructible_v<T, U&&> &&
                                                          !std::is_same_v<std::decay_t<U>, Result> &&
                                                          !std::is_same_v<std::decay_t<U>, Error>>>
    Result(U&& value) : state_(std::in_place_index<0>, std::forward<U>(value)) {}
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

    bool ok() const noexcept { return state_.index() == 0; }
    explicit operator bool() const noexcept { return ok(); }

    const T& value() const& {
        require_value();
        return *std::get_if<0>(&state_);
    }
    T& value() & {
        require_value();
        return *std::get_if<0>(&state_);
    }
    T&& value() && {
        require_value();
        return std::move(*std::get_if<0>(&state_));
    }
    const T& operator*() const& { return value(); }
    T& operator*() & { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    const T* operator->() const { return &value(); }
    T* operator->() { return &value(); }

    const Error& error() const {
        if (ok()) detail::throw_no_error();
        return *std::get_if<1>(&state_);
    }

private:
    void require_value() const {
        if (!ok()) detail::throw_no_value(*std::get_if<1>(&state_));
    }

    std::variant<T, Error> state_;
};

/// Success, or the Error that stands in its place: `return {};` is success.
template <>
class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error error) : error_(std::move(error)) {}

    bool ok() const noexcept { return !error_.has_value(); }
    explicit operator bool() const noexcept { return ok(); }

    /// Does nothing on success; as for a Result with a value it is a std::logic_error otherwise.
    void value() const {
        if (error_) detail::throw_no_value(*error_);
    }

    const Error& error() const {
        if (!error_) detail::throw_no_error();
        return *error_;
    }

private:
    std::optional<Error> error_;
};

}  // namespace fairlead
