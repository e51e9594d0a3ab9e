// SPDX-License-Identifier: Apache-2.0
#include "config/value.h"

#include <algorithm>
#include <stdexcept>

#include "config/nearest.h"
#include "config/units.h"
#include "wire/utf8.h"

namespace fairlead::config {
namespace {

Parsed<Value> good(Value value) {
    return Parsed<Value>::good(std::move(value));
}
Parsed<Value> bad(std::string why) {
    return Parsed<Value>::bad(std::move(why));
}

std::vector<std::string> split(std::string_view text, char at) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const auto end = std::min(text.find(at), text.size());
        parts.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

std::string trimmed(const std::string& text) {
    const auto first = text.find_first_not_of(' ');
    return first == std::string::npos ? std::string{}
                                      : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

Parsed<std::int64_t> parse_number(const Row& row, std::string_view text) {
    if (row.kind == Kind::bytes) return parse_bytes(text);
    if (row.kind == Kind::duration) return parse_milliseconds(text);
    return parse_integer(text);
}

Parsed<Value> checked_number(const Row& row, std::int64_t number, const std::string& shown) {
    if (number < row.minimum || number > row.maximum) {
        return bad(shown + " is out of range; write " + range_of(row));
    }
    if (number % row.step != 0) {
        return bad(shown + " is not a multiple of " + format_number(row, row.step) + "; write such as " +
                   std::string(row.standard));
    }
    return good(number);
}

Parsed<Value> number_of_text(const Row& row, const std::string& text) {
    if (!row.zero_word.empty() && text == row.zero_word) return good(std::int64_t{0});
    const auto number = parse_number(row, text);
    if (number.value) return checked_number(row, *number.value, in_quotes(text));
    const std::string word(row.zero_word);
    return bad(number.why + (word.empty() ? "" : " or \"" + word + "\""));
}

std::string refusal(const Row& row, const std::string& text) {
    if (!wire::valid_utf8(text)) return "the text is not UTF-8; write UTF-8";
    if (text.find('\0') != std::string::npos) return in_quotes(text) + " holds a NUL byte; leave it out";
    return row.refuse == nullptr ? std::string{} : row.refuse(text);
}

Parsed<Value> checked_text(const Row& row, const std::string& text) {
    auto why = refusal(row, text);
    return why.empty() ? good(text) : bad(std::move(why));
}

Parsed<Value> checked_choice(const Row& row, const std::string& text) {
    const auto words = choices_of(row);
    if (std::find(words.begin(), words.end(), text) != words.end()) return good(text);
    return bad(in_quotes(text) + " is none of the choices; did you mean " + nearest(text, words) +
               "? Write " + one_of(words));
}

Parsed<Value> checked_list(const Row& row, const std::vector<std::string>& items) {
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (auto why = refusal(row, items[i]); !why.empty()) return bad(std::move(why));
        if (std::find(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(i), items[i]) !=
            items.begin() + static_cast<std::ptrdiff_t>(i)) {
            return bad(in_quotes(items[i]) + " stands twice in the list; leave one out");
        }
    }
    return good(items);
}

Parsed<Value> list_of_text(const Row& row, const std::string& text) {
    if (!text.empty() && text.front() == '[') {
        const Source source = read_toml("list = " + text, "");
        const bool alone = source.problems.empty() && source.entries.size() == 1 && source.tables.empty();
        const auto* items =
            alone ? std::get_if<std::vector<std::string>>(&source.entries.front().value) : nullptr;
        return items != nullptr ? checked_list(row, *items)
                                : bad(in_quotes(text) + " is not a list; write a,b or [\"a\", \"b\"]");
    }
    std::vector<std::string> items;
    for (const auto& item : split(text, ','))
        items.push_back(trimmed(item));
    return checked_list(row, items);
}

Parsed<Value> value_of_text(const Row& row, const std::string& text) {
    if (is_number(row)) return number_of_text(row, text);
    if (row.kind == Kind::text) return checked_text(row, text);
    if (row.kind == Kind::choice) return checked_choice(row, text);
    if (row.kind == Kind::list) return list_of_text(row, text);
    if (text == "true" || text == "false") return good(text == "true");
    return bad(in_quotes(text) + " is neither true nor false; write true or false");
}

// The typed values of a file: each kind of option takes one type, integers may have their word for zero.
struct Typed {
    const Row& row;

    Parsed<Value> wrong(const std::string& what) const {
        return bad("is " + what + "; write " + expectation_of(row));
    }
    Parsed<Value> operator()(const Untyped& value) const { return value_of_text(row, value.text); }
    Parsed<Value> operator()(const Unusable& value) const { return wrong(value.what); }
    Parsed<Value> operator()(bool value) const {
        return row.kind == Kind::boolean ? good(value) : wrong("a boolean");
    }
    Parsed<Value> operator()(std::int64_t value) const {
        if (row.kind == Kind::integer) return checked_number(row, value, std::to_string(value));
        if (is_number(row)) return wrong("a number without a unit");
        return wrong("a number");
    }
    Parsed<Value> operator()(const std::string& value) const {
        const bool word = !row.zero_word.empty() && value == row.zero_word;
        const bool quotes = row.kind != Kind::boolean && row.kind != Kind::list && row.kind != Kind::integer;
        return quotes || word ? value_of_text(row, value) : wrong("text in quotes");
    }
    Parsed<Value> operator()(const std::vector<std::string>& value) const {
        return row.kind == Kind::list ? checked_list(row, value) : wrong("a list");
    }
};

}  // namespace

Parsed<Value> read_value(const Row& row, const Raw& raw) {
    return std::visit(Typed{row}, raw);
}

}  // namespace fairlead::config
