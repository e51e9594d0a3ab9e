// SPDX-License-Identifier: Apache-2.0
#include "edge/json/command_decoder.h"

#include <algorithm>
#include <charconv>
#include <span>
#include <variant>

#include "edge/json/command_fields.h"

namespace fairlead::edge::json {

/// Reads one command; lives as long as one call of `next`. Its functions that return bool say whether the
/// value fits the protocol; whether it is JSON at all, the scanner remembers. Both ways the value is passed.
class CommandDecoder::Reader {
public:
    Reader(CommandDecoder& decoder, std::string_view message)
        : decoder_(decoder), scanner_(message, Newline::end, decoder.max_depth_), message_(message) {}

    Verdict command(Command& out);
    std::string_view rest() const noexcept { return rest_; }

private:
    void member(const Text& key, Command& out);
    void request(Kind kind, Command& out);
    void end_of_command() noexcept;
    Verdict conclude(Command& out) const noexcept;

    bool fields(std::span<const Field> table, Command& out);
    bool field(const Target& target, Command& out);
    bool read(Type type, std::string_view& out);
    bool read(Type type, RawValue& out);
    bool read(Type type, bool& out);
    template <typename Integer>
    bool read(Type type, Integer& out);
    bool nested(Nested kind, Type type, Command& out);
    bool subs(Command& out);
    bool headers(Command& out);
    bool since(Command& out);
    template <typename Each>
    bool entries(Each each);

    bool skip();
    bool misfit();
    bool distinct_keys(std::size_t mark);
    std::string_view view(const Text& text);

    CommandDecoder& decoder_;
    Scanner scanner_;
    std::string_view message_;
    std::string_view rest_;
    static constexpr std::uint32_t kIdBit = 1U << 31;

    std::uint32_t seen_ = 0;  // members of the command: kIdBit, else the bit of the kind
    bool has_send_ = false;
    bool envelope_fits_ = true;  // the command itself keeps the rules
    bool request_fits_ = true;   // and so does the request that counts
};

Verdict CommandDecoder::next(std::string_view& rest, Command& out) {
    scratch_.clear();
    keys_.clear();
    out = Command{};
    Reader reader(*this, rest);
    const Verdict verdict = reader.command(out);
    rest = verdict < Verdict::malformed ? reader.rest() : std::string_view{};
    return verdict;
}

Verdict CommandDecoder::Reader::command(Command& out) {
    if (scanner_.type() == Type::object) {
        bool first = true;
        Text key;
        scanner_.open();
        while (scanner_.member(first, key))
            member(key, out);
        envelope_fits_ = distinct_keys(0) && envelope_fits_;
        end_of_command();
    } else {
        scanner_.fail();
    }
    return conclude(out);
}

void CommandDecoder::Reader::member(const Text& key, Command& out) {
    const std::string_view name = view(key);
    const bool is_id = name == "id";
    const Kind kind = is_id ? Kind::unknown : find_request(name);
    if (!is_id && kind == Kind::unknown) {
        decoder_.keys_.push_back(name);
        skip();
        return;
    }
    const std::uint32_t bit = is_id ? kIdBit : 1U << static_cast<unsigned>(kind);
    if ((seen_ & bit) != 0) envelope_fits_ = false;
    seen_ |= bit;
    const Type type = scanner_.type();
    if (type == Type::null) {
        skip();
    } else if (!is_id) {
        request(kind, out);
    } else if (!read(type, out.id)) {
        envelope_fits_ = false;
    }
}

void CommandDecoder::Reader::request(Kind kind, Command& out) {
    if (kind == Kind::send) has_send_ = true;
    if (kind > out.kind) {
        skip();
        return;
    }
    const std::uint32_t id = out.id;
    if (out.kind != Kind::unknown) out = Command{};
    out.id = id;
    out.kind = kind;
    request_fits_ = fields(fields_of(kind), out);
}

void CommandDecoder::Reader::end_of_command() noexcept {
    scanner_.skip_space();
    rest_ = scanner_.rest();
    if (rest_.empty()) return;
    if (rest_.front() != '\n') {
        scanner_.fail();
        return;
    }
    rest_.remove_prefix(1);
}

Verdict CommandDecoder::Reader::conclude(Command& out) const noexcept {
    if (!scanner_.running()) return scanner_.verdict();
    if (!envelope_fits_ || !request_fits_) return Verdict::malformed;
    if (out.id == 0 && !has_send_) {
        // Nothing of a pong is used, so nothing in it can be refused.
        out = Command{};
        out.kind = Kind::pong;
        return Verdict::ok;
    }
    if (out.kind == Kind::unknown) return Verdict::malformed;
    // A send that lost against a member that cannot be answered.
    if (out.id == 0 && out.kind != Kind::send) return Verdict::malformed;
    return scanner_.verdict();
}

bool CommandDecoder::Reader::fields(std::span<const Field> table, Command& out) {
    if (scanner_.type() != Type::object) return misfit();
    const std::size_t mark = decoder_.keys_.size();
    std::uint32_t seen = 0;
    bool fits = true;
    bool first = true;
    Text key;
    scanner_.open();
    while (scanner_.member(first, key)) {
        const std::string_view name = view(key);
        const auto known = std::ranges::find(table, name, &Field::name);
        if (known == table.end()) {
            decoder_.keys_.push_back(name);
            skip();
            continue;
        }
        const std::uint32_t bit = 1U << static_cast<unsigned>(known - table.begin());
        fits = field(known->target, out) && (seen & bit) == 0 && fits;
        seen |= bit;
    }
    return distinct_keys(mark) && fits;
}

bool CommandDecoder::Reader::field(const Target& target, Command& out) {
    const Type type = scanner_.type();
    if (const auto* raw = std::get_if<RawValue Command::*>(&target)) return read(type, out.*(*raw));
    if (type == Type::null) return skip();
    if (const auto* kind = std::get_if<Nested>(&target)) return nested(*kind, type, out);
    const auto store = [&](auto member) {
        if constexpr (std::is_member_pointer_v<decltype(member)>) return read(type, out.*member);
        return false;
    };
    return std::visit(store, target);
}

bool CommandDecoder::Reader::read(Type type, std::string_view& out) {
    if (type != Type::string) return misfit();
    Text text;
    if (scanner_.string(text)) out = view(text);
    return true;
}

bool CommandDecoder::Reader::read(Type type, RawValue& out) {
    if (type == Type::none) return misfit();
    scanner_.value(out);
    return true;
}

bool CommandDecoder::Reader::read(Type type, bool& out) {
    if (type != Type::boolean) return misfit();
    out = scanner_.rest().front() == 't';
    scanner_.literal();
    return true;
}

template <typename Integer>
bool CommandDecoder::Reader::read(Type type, Integer& out) {
    if (type != Type::number) return misfit();
    Number number;
    if (!scanner_.number(number)) return false;
    const char* const end = number.text.data() + number.text.size();
    const auto result = std::from_chars(number.text.data(), end, out);
    return result.ec == std::errc{} && result.ptr == end;
}

bool CommandDecoder::Reader::nested(Nested kind, Type type, Command& out) {
    if (type != (kind == Nested::list ? Type::array : Type::object)) return misfit();
    switch (kind) {
        case Nested::subs:
            return subs(out);
        case Nested::headers:
            return headers(out);
        case Nested::since:
            return since(out);
        case Nested::filter:
            return read(type, out.filter);
        case Nested::list:
            return skip();
    }
    return false;
}

bool CommandDecoder::Reader::subs(Command& out) {
    decoder_.subs_.clear();
    const bool fits = entries([this](std::string_view channel) {
        Command one;
        const bool entry_fits = fields(fields_of(Kind::subscribe), one);
        decoder_.subs_.push_back({channel, one.recover, one.offset, one.epoch, one.delta});
        return entry_fits;
    });
    out.subs = decoder_.subs_;
    return fits;
}

bool CommandDecoder::Reader::headers(Command& out) {
    decoder_.headers_.clear();
    const bool fits = entries([this](std::string_view name) {
        std::string_view value;
        const bool entry_fits = read(scanner_.type(), value);
        decoder_.headers_.push_back({name, value});
        return entry_fits;
    });
    out.headers = decoder_.headers_;
    return fits;
}

bool CommandDecoder::Reader::since(Command& out) {
    out.since = true;
    return fields(fields_of_since(), out);
}

/// Reads a map: `each` gets the key and reads the value. A null value is an absent entry.
template <typename Each>
bool CommandDecoder::Reader::entries(Each each) {
    const std::size_t mark = decoder_.keys_.size();
    bool fits = true;
    bool first = true;
    Text key;
    scanner_.open();
    while (scanner_.member(first, key)) {
        const std::string_view name = view(key);
        decoder_.keys_.push_back(name);
        fits = (scanner_.type() == Type::null ? skip() : each(name)) && fits;
    }
    return distinct_keys(mark) && fits;
}

bool CommandDecoder::Reader::skip() {
    RawValue ignored;
    scanner_.value(ignored);
    return true;
}

bool CommandDecoder::Reader::misfit() {
    skip();
    return false;
}

/// Compares the keys kept since `mark` and forgets them. Sorting keeps a message full of keys cheap.
bool CommandDecoder::Reader::distinct_keys(std::size_t mark) {
    auto& keys = decoder_.keys_;
    const auto begin = keys.begin() + static_cast<std::ptrdiff_t>(mark);
    bool distinct = true;
    if (keys.end() - begin > 1) {
        std::sort(begin, keys.end());
        distinct = std::adjacent_find(begin, keys.end()) == keys.end();
    }
    keys.resize(mark);
    return distinct;
}

std::string_view CommandDecoder::Reader::view(const Text& text) {
    if (!text.escaped) return text.raw;
    // All strings of a message together are shorter than it, so this grows once, before any view is out.
    auto& scratch = decoder_.scratch_;
    if (scratch.empty()) scratch.reserve(message_.size());
    const std::size_t begin = scratch.size();
    scratch.resize(begin + text.raw.size());
    const char* const end = unescape(text.raw, scratch.data() + begin);
    scratch.resize(static_cast<std::size_t>(end - scratch.data()));
    return {scratch.data() + begin, scratch.size() - begin};
}

}  // namespace fairlead::edge::json
