// SPDX-License-Identifier: Apache-2.0
#include <fairlead/fields.h>

namespace fairlead::detail {
namespace {

/// Members mostly come in the order in which the struct names them, so the search begins where the last one
/// ended.
FieldIn* find_field(FieldIn* fields, std::size_t count, std::size_t& expected, std::string_view key) {
    for (std::size_t i = 0; i < count; ++i) {
        std::size_t index = expected + i < count ? expected + i : expected + i - count;
        if (fields[index].name == key) {
            expected = index + 1 == count ? 0 : index + 1;
            return &fields[index];
        }
    }
    return nullptr;
}

bool decode_member(Reader& reader, FieldIn& field) {
    field.seen = true;
    return field.decode(reader, field.member) || reader.in_member(field.name);
}

bool decode_map(Reader& reader, FieldIn* fields, std::size_t count) {
    Reader::Nesting nesting(reader);
    std::size_t members = 0;
    if (!nesting.allowed() || !reader.read_map(members)) return false;
    std::size_t expected = 0;
    for (std::size_t i = 0; i < members; ++i) {
        std::string_view key;
        if (!reader.read_key(key)) return false;
        FieldIn* field = find_field(fields, count, expected, key);
        if (field != nullptr ? !decode_member(reader, *field) : !reader.skip()) return false;
    }
    return true;
}

}  // namespace

bool decode_fields(Reader& reader, FieldIn* fields, std::size_t count) {
    // No payload at all is a map without members: then the error names the first member that is required.
    if (!reader.empty() && !decode_map(reader, fields, count)) return false;
    for (std::size_t i = 0; i < count; ++i) {
        if (fields[i].required && !fields[i].seen) {
            reader.refuse("required, but absent");
            return reader.in_member(fields[i].name);
        }
    }
    return true;
}

void encode_fields(Writer& writer, const FieldOut* fields, std::size_t count) {
    writer.begin_map(count);
    for (std::size_t i = 0; i < count; ++i) {
        writer.write(fields[i].name);
        fields[i].encode(writer, fields[i].member);
    }
}

}  // namespace fairlead::detail
