// SPDX-License-Identifier: Apache-2.0
#include "wire/value_check.h"

#include <cmath>
#include <exception>
#include <msgpack/null_visitor.hpp>
#include <msgpack/unpack.hpp>

#include "wire/utf8.h"

namespace fairlead::wire {
namespace {

/// Counts what the parser meets; false stops it. Nothing is kept, so the only memory is the parser's stack,
/// which the depth bounds.
class Checker : public msgpack::null_visitor {
public:
    explicit Checker(const ValueLimits& limits) : limits_(limits), items_left_(limits.items) {}

    bool visit_nil() { return take_value(); }
    bool visit_boolean(bool) { return take_value(); }
    bool visit_positive_integer(std::uint64_t) { return take_value(); }
    bool visit_negative_integer(std::int64_t) { return take_value(); }
    bool visit_float32(float value) { return take_float(static_cast<double>(value)); }
    bool visit_float64(double value) { return take_float(value); }
    bool visit_str(const char* data, std::uint32_t size) {
        return valid_utf8({data, size}) ? take() : fail(ValueFault::invalid_utf8);
    }
    bool visit_bin(const char*, std::uint32_t) { return limits_.json ? fail(ValueFault::not_json) : take(); }
    bool visit_ext(const char*, std::uint32_t) {
        if (limits_.json) return fail(ValueFault::not_json);
        return limits_.ext ? take() : fail(ValueFault::ext_refused);
    }

    bool start_array(std::uint32_t items) { return fits_here() && open(items); }
    bool end_array() { return close(); }
    bool start_map(std::uint32_t pairs) { return fits_here() && open(std::uint64_t{2} * pairs); }
    bool end_map() { return close(); }
    bool start_map_key() {
        in_key_ = true;
        return true;
    }
    bool end_map_key() {
        in_key_ = false;
        return true;
    }

    void parse_error(std::size_t, std::size_t) { fail(ValueFault::malformed); }
    void insufficient_bytes(std::size_t, std::size_t) { fail(ValueFault::truncated); }

    ValueFault fault() const noexcept { return fault_; }

private:
    bool fail(ValueFault fault) noexcept {
        fault_ = fault;
        return false;
    }

    // Anything but a str: JSON has no such keys.
    bool fits_here() noexcept { return !(in_key_ && limits_.json) || fail(ValueFault::not_json); }
    bool take_value() noexcept { return fits_here() && take(); }
    bool take_float(double value) noexcept {
        if (limits_.json && !std::isfinite(value)) return fail(ValueFault::not_json);
        return take_value();
    }

    bool take() noexcept { return items_left_ > 0 ? (--items_left_, true) : fail(ValueFault::too_many); }

    bool open(std::uint64_t children) noexcept {
        if (++depth_ > limits_.depth) {
            return fail(ValueFault::too_deep);
        }
        return take() && (children <= items_left_ || fail(ValueFault::too_many));
    }

    bool close() noexcept {
        --depth_;
        return true;
    }

    const ValueLimits limits_;
    std::size_t items_left_;
    std::size_t depth_ = 0;
    bool in_key_ = false;
    ValueFault fault_ = ValueFault::none;
};

ValueFault parse_value(std::string_view payload, const ValueLimits& limits) {
    Checker checker(limits);
    std::size_t end = 0;
    if (!msgpack::parse(payload.data(), payload.size(), end, checker)) {
        return checker.fault();
    }
    return end == payload.size() ? ValueFault::none : ValueFault::trailing;
}

}  // namespace

ValueFault check_value(std::string_view payload, const ValueLimits& limits) noexcept {
    if (payload.empty()) {
        return ValueFault::empty;
    }
    if (payload.size() > limits.bytes) {
        return ValueFault::too_big;
    }
    try {
        return parse_value(payload, limits);
    } catch (const std::exception&) {  // out of memory for a stack of a few hundred bytes
        return ValueFault::malformed;
    }
}

std::string_view to_string(ValueFault fault) noexcept {
    switch (fault) {
        case ValueFault::none:
            return "no fault";
        case ValueFault::empty:
            return "payload is empty";
        case ValueFault::truncated:
            return "MessagePack value ends early";
        case ValueFault::trailing:
            return "bytes follow the MessagePack value";
        case ValueFault::malformed:
            return "payload is not MessagePack";
        case ValueFault::too_big:
            return "payload is too big";
        case ValueFault::too_deep:
            return "MessagePack value is nested too deep";
        case ValueFault::too_many:
            return "MessagePack value has too many parts";
        case ValueFault::invalid_utf8:
            return "a MessagePack str is not UTF-8";
        case ValueFault::ext_refused:
            return "MessagePack extension types are not taken";
        case ValueFault::not_json:
            return "the value has no JSON form (binary, a float that is not finite, or a key that is no text)";
    }
    return "unknown fault";
}

}  // namespace fairlead::wire
