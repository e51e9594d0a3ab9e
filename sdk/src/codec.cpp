// SPDX-License-Identifier: Apache-2.0
#include <fairlead/codec.h>

#include "wire/error.h"
#include "wire/utf8.h"

namespace fairlead::detail {
namespace {

std::string range_text(const std::string& low, const std::string& high, const std::string& got) {
    return "expected integer from " + low + " to " + high + ", got " + got;
}

}  // namespace

Error bad_payload(const Reader& reader) {
    Error error;
    error.code = static_cast<std::uint32_t>(wire::Code::bad_request);
    error.message = reader.error();
    // The path may hold keys as they came.
    if (!wire::valid_utf8(error.message)) error.message = "payload: invalid UTF-8";
    return error;
}

bool decode_signed(Reader& reader, std::int64_t low, std::int64_t high, std::int64_t& value) {
    if (!reader.read(value)) return false;
    if (value >= low && value <= high) return true;
    return reader.refuse(range_text(std::to_string(low), std::to_string(high), std::to_string(value)));
}

bool decode_unsigned(Reader& reader, std::uint64_t high, std::uint64_t& value) {
    if (reader.negative()) {
        std::int64_t number = 0;
        reader.read(number);
        return reader.refuse(range_text("0", std::to_string(high), std::to_string(number)));
    }
    if (!reader.read(value)) return false;
    if (value <= high) return true;
    return reader.refuse(range_text("0", std::to_string(high), std::to_string(value)));
}

bool decode_string(Reader& reader, std::string& value) {
    std::string_view text;
    if (!reader.read(text)) return false;
    value.assign(text);
    return true;
}

bool decode_bytes(Reader& reader, Bytes& value) {
    std::string_view bytes;
    if (!reader.read_bytes(bytes)) return false;
    value.assign(bytes.begin(), bytes.end());
    return true;
}

bool decode_raw(Reader& reader, Raw& value) {
    std::string_view bytes;
    if (!reader.empty() && !reader.read_raw(bytes)) return false;
    value.bytes.assign(bytes);
    return true;
}

bool decode_array_of(Reader& reader, std::size_t count) {
    std::size_t items = 0;
    if (!reader.read_array(items)) return false;
    if (items == count) return true;
    return reader.refuse("expected array of " + std::to_string(count) + ", got " + std::to_string(items));
}

}  // namespace fairlead::detail
