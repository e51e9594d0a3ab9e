// SPDX-License-Identifier: Apache-2.0
#pragma once

// MSGPACK_NO_BOOST must be set for every file of a program alike; the CMake target and the .pc file do so.
#ifndef MSGPACK_NO_BOOST
#define MSGPACK_NO_BOOST
#endif
#include <msgpack.hpp>

#include <cstddef>
#include <exception>
#include <string>
#include <string_view>

#include <fairlead/codec.h>

/// Structs that have MSGPACK_DEFINE_MAP (or MSGPACK_DEFINE, _ARRAY) work as payloads and members too, with
/// less: an error names the path to the struct but no member in it, and absent members keep their value
/// without a word.
namespace fairlead::detail {

template <typename T>
struct MsgpackCodec {
    static bool decode(Reader& reader, T& value) {
        std::string_view bytes;
        if (!reader.read_raw(bytes)) return false;
        try {
            msgpack::unpack(bytes.data(), bytes.size()).get().convert(value);
            return true;
        } catch (const std::exception&) {
            return reader.refuse("does not fit its struct");
        }
    }

    static void encode(Writer& writer, const T& value) {
        Sink sink{writer};
        msgpack::pack(sink, value);
    }

private:
    struct Sink {
        Writer& writer;
        void write(const char* bytes, std::size_t size) { writer.write_raw(std::string_view(bytes, size)); }
    };
};

}  // namespace fairlead::detail
