// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace fairlead::client {

/// Why an operation of this client failed, for programs.
enum class Fault {
    timeout,    // the deadline passed first
    closed,     // the peer ended the connection
    refused,    // the peer answered, and said no
    malformed,  // the peer broke the protocol, or an argument has the wrong form
    too_large,  // the peer sent more than the bound
    io,         // the system said no
};

/// A failure: the kind for programs, the text for people.
struct Error {
    Fault fault = Fault::io;
    std::string text;
};

/// A value or the reason why there is none. Threads: as the value.
template <class T>
class [[nodiscard]] Result {
public:
    Result(T value) : state_(std::move(value)) {}
    Result(Error error) : state_(std::move(error)) {}

    explicit operator bool() const { return state_.index() == 0; }
    T& operator*() { return std::get<0>(state_); }
    const T& operator*() const { return std::get<0>(state_); }
    T* operator->() { return &std::get<0>(state_); }
    const T* operator->() const { return &std::get<0>(state_); }
    const Error& error() const { return std::get<1>(state_); }

private:
    std::variant<T, Error> state_;
};

/// Success or the reason of failure.
template <>
class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error error) : error_(std::move(error)) {}

    explicit operator bool() const { return !error_; }
    const Error& error() const { return *error_; }

private:
    std::optional<Error> error_;
};

}  // namespace fairlead::client
