// SPDX-License-Identifier: Apache-2.0
#include "auth/json_object.h"

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <utility>

namespace fairlead::auth {
namespace {

namespace rj = rapidjson;

/// Each is compared with those before it, and headers come from anybody.
constexpr std::size_t kMaxMembers = 256;

/// Takes the events of the parser: writes the value of each member of the outermost object down again. An
/// event that it refuses ends the parser, before that has gone any deeper.
class Members {
public:
    Members(std::vector<JsonMember>& members, std::size_t max_depth)
        : members_(members), max_depth_(max_depth) {}

    bool Null() { return depth_ > 0 && writer_.Null() && value(JsonKind::null); }
    bool Bool(bool b) { return depth_ > 0 && writer_.Bool(b) && value(JsonKind::boolean); }
    bool RawNumber(const char* text, rj::SizeType bytes, bool) {
        return depth_ > 0 && writer_.RawValue(text, bytes, rj::kNumberType) && value(JsonKind::number);
    }
    bool String(const char* text, rj::SizeType bytes, bool) {
        if (depth_ == 0) return false;
        if (depth_ == 1) members_.back().text.assign(text, bytes);
        if (depth_ == 2 && in_array_) members_.back().strings.emplace_back(text, bytes);
        return writer_.String(text, bytes) && value(JsonKind::string);
    }
    bool Key(const char* text, rj::SizeType bytes, bool) {
        const std::string_view name(text, bytes);
        if (depth_ == 2 && !in_array_) members_.back().strings.emplace_back(name);
        if (depth_ > 1) return writer_.Key(text, bytes);
        const bool twice = std::any_of(members_.begin(), members_.end(),
                                       [&](const JsonMember& member) { return member.name == name; });
        if (twice || members_.size() == kMaxMembers) return false;
        members_.push_back({std::string(name), {}, {}, {}, {}, {}, 0});
        buffer_.Clear();
        writer_.Reset(buffer_);
        return true;
    }

    bool StartObject() {
        if (depth_ == 0) {
            depth_ = 1;
            return max_depth_ > 0;
        }
        if (in_element()) element_ = buffer_.GetSize();
        return open(false) && writer_.StartObject();
    }
    bool EndObject(rj::SizeType size) {
        --depth_;
        if (depth_ == 0) return true;
        const bool written = writer_.EndObject();
        if (in_element()) members_.back().objects.push_back(element());
        return written && value(JsonKind::object, size);
    }
    bool StartArray() { return depth_ > 0 && open(true) && writer_.StartArray(); }
    bool EndArray(rj::SizeType size) {
        --depth_;
        return writer_.EndArray() && value(JsonKind::array, size);
    }

    // The parser is told to give numbers as text.
    bool Int(int) { return false; }
    bool Uint(unsigned) { return false; }
    bool Int64(std::int64_t) { return false; }
    bool Uint64(std::uint64_t) { return false; }
    bool Double(double) { return false; }

private:
    bool open(bool array) {
        if (depth_ == max_depth_) return false;
        if (depth_ == 1) in_array_ = array;
        ++depth_;
        return true;
    }
    bool in_element() const { return depth_ == 2 && in_array_; }
    std::string element() const {
        const std::string_view text(buffer_.GetString() + element_, buffer_.GetSize() - element_);
        return std::string(text.substr(text.front() == ',' ? 1 : 0));
    }
    bool value(JsonKind kind, std::size_t size = 0) {
        if (depth_ > 1) return true;
        members_.back().kind = kind;
        members_.back().size = size;
        members_.back().json.assign(buffer_.GetString(), buffer_.GetSize());
        return true;
    }

    std::vector<JsonMember>& members_;
    const std::size_t max_depth_;
    std::size_t depth_ = 0;
    bool in_array_ = false;    // the member's value is an array
    std::size_t element_ = 0;  // where in the buffer the array's object begins, or the comma before it
    rj::StringBuffer buffer_;
    rj::Writer<rj::StringBuffer> writer_{buffer_};
};

}  // namespace

std::optional<JsonObject> JsonObject::parse(std::string_view text, std::size_t max_depth) {
    JsonObject object;
    Members members(object.members_, max_depth);
    rj::MemoryStream stream(text.data(), text.size());
    rj::Reader reader;
    const auto result =
        reader.Parse<rj::kParseValidateEncodingFlag | rj::kParseNumbersAsStringsFlag>(stream, members);
    // A NUL is the end for the parser, but not for us.
    if (result.IsError() || stream.Tell() != text.size()) return std::nullopt;
    return object;
}

const JsonMember* JsonObject::find(std::string_view name) const noexcept {
    const auto found = std::find_if(members_.begin(), members_.end(),
                                    [&](const JsonMember& member) { return member.name == name; });
    return found == members_.end() ? nullptr : &*found;
}

}  // namespace fairlead::auth
