// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "edge/json/number.h"

namespace fairlead::edge::json {

/// Appends `text`, which is valid UTF-8, as a JSON string: quote, backslash and control characters escaped.
/// Threads: any.
void append_string(std::string& out, std::string_view text);

/// Writes one JSON object and puts the commas: opened by its constructor, closed by its destructor. A member
/// whose value is an object or array is written as `key(name)` and whatever follows.
///
/// Threads: one writer, one thread at a time.
class ObjectWriter {
public:
    explicit ObjectWriter(std::string& out) : out_(out) { out_ += '{'; }
    ~ObjectWriter() { out_ += '}'; }
    ObjectWriter(const ObjectWriter&) = delete;
    ObjectWriter& operator=(const ObjectWriter&) = delete;

    /// `name` is a word of the protocol, without anything to escape; `text_key` takes any text.
    std::string& key(std::string_view name) {
        comma();
        out_ += '"';
        out_ += name;
        out_ += "\":";
        return out_;
    }
    std::string& text_key(std::string_view name) {
        comma();
        append_string(out_, name);
        out_ += ':';
        return out_;
    }

    void text_always(std::string_view name, std::string_view value) { append_string(key(name), value); }
    template <typename Integer>
    void number_always(std::string_view name, Integer value) {
        append_integer(key(name), value);
    }

    // Left out at their zero value.
    void text(std::string_view name, std::string_view value) {
        if (!value.empty()) text_always(name, value);
    }
    template <typename Integer>
    void number(std::string_view name, Integer value) {
        if (value != 0) number_always(name, value);
    }
    void flag(std::string_view name, bool value) {
        if (value) key(name) += "true";
    }
    void raw(std::string_view name, std::string_view json) {
        if (!json.empty()) key(name) += json;
    }

private:
    void comma() {
        if (!first_) out_ += ',';
        first_ = false;
    }

    std::string& out_;
    bool first_ = true;
};

}  // namespace fairlead::edge::json
