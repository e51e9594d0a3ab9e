// SPDX-License-Identifier: Apache-2.0
#include "wire/frame_writer.h"

#include <catch2/catch.hpp>
#include <msgpack.hpp>
#include <string>

#include "unit/wire/frames.h"
#include "wire/pack.h"

namespace fairlead::wire {
namespace {

using test::bytes_of;
using test::from_hex;

/// What `put` of pack.h makes of a value, and msgpack-cxx of the same.
template <typename Put, typename Expect>
void check_same_bytes(std::size_t room, Put put, Expect expect) {
    std::string ours(room, '\0');
    ours.resize(static_cast<std::size_t>(put(ours.data()) - ours.data()));
    msgpack::sbuffer theirs;
    msgpack::packer<msgpack::sbuffer> packer(theirs);
    expect(packer);
    CHECK(ours == std::string(theirs.data(), theirs.size()));
}

}  // namespace

TEST_CASE("a frame is one array of version, kind and fields", "[wire][frame]") {
    CHECK(bytes_of(Probe{}) == from_hex("92 01 06"));
    CHECK(bytes_of(Reply{300}) == from_hex("93 01 11 cd 01 2c"));
    CHECK(bytes_of(Error{7, 104, "no", true}) == from_hex("96 01 12 07 68 a2 6e 6f c3"));
}

TEST_CASE("an empty caller is nil, another an array with meta as bin", "[wire][frame]") {
    Event event;
    event.topic = "t";
    CHECK(bytes_of(event) == from_hex("98 01 20 00 a1 74 c0 80 a0 a0"));
    event.caller.user = "u";
    event.caller.meta = std::string_view("\x80", 1);
    CHECK(bytes_of(event) == from_hex("98 01 20 00 a1 74 96 a0 a1 75 a0 a0 a0 c4 01 80 80 a0 a0"));
}

TEST_CASE("a caller with any one field is no empty caller", "[wire][frame]") {
    constexpr std::string_view Caller::*kMembers[] = {&Caller::service, &Caller::user,    &Caller::client,
                                                      &Caller::session, &Caller::address, &Caller::meta};
    for (const auto member : kMembers) {
        Event event;
        event.caller.*member = "x";
        CHECK(bytes_of(event).size() > bytes_of(Event{}).size() + 5);
    }
}

TEST_CASE("writing appends", "[wire][frame]") {
    std::string out = "before";
    write(Probe{}, out);
    write(Cancel{1}, out);
    CHECK(out == "before" + from_hex("92 01 06 93 01 14 01"));
}

TEST_CASE("a frame in the variant is written as itself, an unknown one not at all", "[wire][frame]") {
    CHECK(bytes_of(Frame(Cancel{1})) == bytes_of(Cancel{1}));
    CHECK(bytes_of(Frame(Unknown{99})).empty());
}

TEST_CASE("times are clamped to what the wire holds", "[wire][frame]") {
    Request request;
    request.deadline = Milliseconds(-5);
    CHECK(bytes_of(request) == bytes_of(Request{}));
    request.deadline = Milliseconds(std::int64_t{1} << 40);
    CHECK(bytes_of(request) == from_hex("9a 01 10 00 a0 ce ff ff ff ff c0 80 a0 a0 01"));
}

TEST_CASE("values are packed as msgpack-cxx packs them, in their shortest form", "[wire][frame]") {
    for (int bit = 0; bit < 64; ++bit) {
        for (const std::uint64_t value :
             {(std::uint64_t{1} << bit) - 1, std::uint64_t{1} << bit, ~std::uint64_t{0} >> bit}) {
            check_same_bytes(
                pack::kMaxInteger, [&](char* at) { return pack::integer(at, value); },
                [&](auto& packer) { packer.pack(value); });
        }
    }
    for (const std::size_t size : {0, 1, 15, 16, 31, 32, 255, 256, 65535, 65536}) {
        const std::string text(size, 'x');
        const auto length = static_cast<std::uint32_t>(size);
        check_same_bytes(
            pack::kMaxHead + size, [&](char* at) { return pack::str(at, text); },
            [&](auto& packer) { packer.pack(text); });
        check_same_bytes(
            pack::kMaxHead + size, [&](char* at) { return pack::bin(at, text); },
            [&](auto& packer) { packer.pack_bin(length).pack_bin_body(text.data(), length); });
        check_same_bytes(
            pack::kMaxHead, [&](char* at) { return pack::array(at, size); },
            [&](auto& packer) { packer.pack_array(length); });
        check_same_bytes(
            pack::kMaxHead, [&](char* at) { return pack::map(at, size); },
            [&](auto& packer) { packer.pack_map(length); });
    }
}

}  // namespace fairlead::wire
