// SPDX-License-Identifier: Apache-2.0
#include "edge/json/from_msgpack.h"

#include <cmath>
#include <msgpack.hpp>

#include "edge/json/writer.h"
#include "wire/utf8.h"

namespace fairlead::edge::json {
namespace {

/// Writes JSON while the library reads; a function that returns false stops it. The library keeps its own
/// stack on the heap, which `deeper` bounds.
class JsonVisitor : public msgpack::null_visitor {
public:
    JsonVisitor(std::string& out, std::size_t max_depth) : out_(out), max_depth_(max_depth) {}

    NoJson reason() const noexcept { return reason_; }

    bool visit_nil() { return word("null"); }
    bool visit_boolean(bool value) { return word(value ? "true" : "false"); }
    bool visit_positive_integer(std::uint64_t value) { return integer(value); }
    bool visit_negative_integer(std::int64_t value) { return integer(value); }
    bool visit_float32(float value) { return visit_float64(static_cast<double>(value)); }
    bool visit_float64(double value) {
        if (in_key_) return stop(NoJson::key_not_str);
        if (!std::isfinite(value)) return stop(NoJson::not_finite);
        append_double(out_, value);
        return true;
    }
    bool visit_str(const char* data, std::uint32_t size_bytes) {
        const std::string_view text{data, size_bytes};
        if (!wire::valid_utf8(text)) return stop(NoJson::bad_utf8);
        append_string(out_, text);
        return true;
    }
    bool visit_bin(const char*, std::uint32_t) { return stop(NoJson::binary); }
    bool visit_ext(const char*, std::uint32_t) { return stop(NoJson::extension); }

    bool start_array(std::uint32_t) { return deeper('['); }
    bool start_array_item() { return separate('['); }
    bool end_array() { return close(']'); }
    bool start_map(std::uint32_t) { return deeper('{'); }
    bool start_map_key() {
        in_key_ = true;
        return separate('{');
    }
    bool end_map_key() {
        in_key_ = false;
        out_ += ':';
        return true;
    }
    bool end_map() { return close('}'); }

private:
    bool stop(NoJson why) {
        reason_ = why;
        return false;
    }
    bool word(std::string_view text) {
        if (in_key_) return stop(NoJson::key_not_str);
        out_ += text;
        return true;
    }
    template <typename Integer>
    bool integer(Integer value) {
        if (in_key_) return stop(NoJson::key_not_str);
        append_integer(out_, value);
        return true;
    }
    bool deeper(char bracket) {
        if (in_key_) return stop(NoJson::key_not_str);
        if (depth_ == max_depth_) return stop(NoJson::too_deep);
        ++depth_;
        out_ += bracket;
        return true;
    }
    bool separate(char bracket) {
        // No value ends with an opening bracket, so one there means that this is the first.
        if (out_.back() != bracket) out_ += ',';
        return true;
    }
    bool close(char bracket) {
        --depth_;
        out_ += bracket;
        return true;
    }

    std::string& out_;
    std::size_t max_depth_;
    std::size_t depth_ = 0;
    bool in_key_ = false;
    NoJson reason_ = NoJson::none;
};

}  // namespace

std::string_view to_string(NoJson reason) noexcept {
    switch (reason) {
        case NoJson::none:
            return "";
        case NoJson::malformed:
            return "malformed MessagePack";
        case NoJson::too_deep:
            return "nested too deep";
        case NoJson::binary:
            return "binary data";
        case NoJson::extension:
            return "an extension type";
        case NoJson::not_finite:
            return "a number that is not finite";
        case NoJson::key_not_str:
            return "a map key that is not a string";
        case NoJson::bad_utf8:
            return "a string that is not UTF-8";
    }
    return "";
}

NoJson append_json(std::string_view msgpack, std::string& out, std::size_t max_depth) {
    const std::size_t before = out.size();
    JsonVisitor visitor(out, max_depth);
    std::size_t read_bytes = 0;
    const bool complete = msgpack::parse(msgpack.data(), msgpack.size(), read_bytes, visitor);
    NoJson reason = visitor.reason();
    if (reason == NoJson::none && (!complete || read_bytes != msgpack.size())) reason = NoJson::malformed;
    if (reason != NoJson::none) out.resize(before);
    return reason;
}

}  // namespace fairlead::edge::json
