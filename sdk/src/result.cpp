// SPDX-License-Identifier: Apache-2.0
#include <stdexcept>

#include <fairlead/result.h>

#include "wire/error.h"

namespace fairlead {
namespace {

constexpr std::uint32_t kInternal = static_cast<std::uint32_t>(wire::Code::internal);
constexpr std::uint32_t kFirstSent = 100;  // below it are the SDK's own
constexpr std::uint32_t kFirstFree = 400;
constexpr std::uint32_t kLastFree = 1999;

bool is_free(std::uint32_t code) {
    return code >= kFirstFree && code <= kLastFree;
}

Error from_row(const wire::ErrorRow& row, std::string message) {
    if (message.empty()) message = row.message;
    return Error{static_cast<std::uint32_t>(row.code), std::move(message), row.temporary, {}};
}

Error not_allowed(const std::string& what, const std::string& message) {
    return Error{kInternal, "internal server error", false,
                 what + " is no error that a handler may give (message: " + message + ")"};
}

bool is_sent(const wire::ErrorRow& row) {
    return static_cast<std::uint32_t>(row.code) >= kFirstSent;
}

}  // namespace

std::string_view Error::name() const noexcept {
    const wire::ErrorRow* row = wire::find_error(code);
    if (row != nullptr) return row->name;
    return is_free(code) ? "application" : "unknown";
}

std::string Error::text() const {
    return std::to_string(code) + ": " + message;
}

Error fail(std::uint32_t code, std::string message) {
    if (is_free(code)) return Error{code, std::move(message), false, {}};
    const wire::ErrorRow* row = wire::find_error(code);
    if (row == nullptr || !is_sent(*row)) return not_allowed("code " + std::to_string(code), message);
    return from_row(*row, std::move(message));
}

Error fail(std::string_view name, std::string message) {
    const wire::ErrorRow* row = wire::find_error(name);
    if (row == nullptr || !is_sent(*row)) return not_allowed("`" + std::string(name) + "`", message);
    return from_row(*row, std::move(message));
}

namespace detail {

void throw_no_value(const Error& error) {
    throw std::logic_error("value of a fairlead::Result that holds error " + error.text());
}

void throw_no_error() {
    throw std::logic_error("error of a fairlead::Result that holds a value");
}

}  // namespace detail
}  // namespace fairlead
