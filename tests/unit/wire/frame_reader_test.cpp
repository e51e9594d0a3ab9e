// SPDX-License-Identifier: Apache-2.0
#include "wire/frame_reader.h"

#include <catch2/catch.hpp>
#include <msgpack.hpp>
#include <string>
#include <utility>

#include "unit/wire/frames.h"

namespace fairlead::wire {
namespace {

using test::bytes_of;
using test::from_hex;
using test::RandomFrames;

/// What the reader says about a header in hex.
std::string error_of(std::string_view hex) {
    FrameReader reader;
    const std::string header = from_hex(hex);
    const Frame* frame = reader.read(header);
    CHECK((frame == nullptr) == (reader.fault() != ReadFault::none));
    return std::string(reader.error());
}

template <typename F>
void check_round_trip(FrameReader& reader, const F& sent) {
    const std::string header = bytes_of(sent);
    const Frame* received = reader.read(header);
    INFO(reader.error());
    REQUIRE(received != nullptr);
    REQUIRE(std::holds_alternative<F>(*received));
    CHECK(test::same(std::get<F>(*received), sent));
}

}  // namespace

TEST_CASE("every frame comes back as it was written", "[wire][frame]") {
    FrameReader reader;
    test::for_each_frame([&](const auto& frame) { check_round_trip(reader, frame); });
}

TEST_CASE("random frames of all kinds come back as they were written", "[wire][frame]") {
    FrameReader reader;
    for (std::uint32_t seed = 1; seed <= 400; ++seed) {
        RandomFrames random(seed);
        test::for_each_frame([&](const auto& frame) {
            check_round_trip(reader, random.make<std::decay_t<decltype(frame)>>());
        });
    }
}

TEST_CASE("no prefix of a frame is a frame", "[wire][frame]") {
    FrameReader reader;
    RandomFrames random(7);
    test::for_each_frame([&](const auto& kind) {
        const std::string whole = bytes_of(random.make<std::decay_t<decltype(kind)>>());
        for (std::size_t bytes = 0; bytes < whole.size(); ++bytes) {
            const std::string part =
                whole.substr(0, bytes);  // its own memory, so that a sanitizer sees each overrun
            REQUIRE(reader.read(part) == nullptr);
            REQUIRE(reader.error() == "header: ends early");
        }
    });
}

TEST_CASE("a byte after a frame is refused", "[wire][frame]") {
    FrameReader reader;
    RandomFrames random(8);
    test::for_each_frame([&](const auto& kind) {
        const std::string header = bytes_of(random.make<std::decay_t<decltype(kind)>>()) + '\xc0';
        REQUIRE(reader.read(header) == nullptr);
        REQUIRE(reader.error() == "header: bytes after the value");
    });
}

TEST_CASE("changed bytes never crash the reader, and what it takes it can write again", "[wire][frame]") {
    FrameReader reader;
    RandomFrames random(9);
    for (int round = 0; round < 300; ++round) {
        test::for_each_frame([&](const auto& kind) {
            std::string header = bytes_of(random.make<std::decay_t<decltype(kind)>>());
            for (std::uint64_t flips = 1 + random.number(3); flips > 0; --flips) {
                header[random.number(header.size())] = static_cast<char>(random.number(256));
            }
            const Frame* frame = reader.read(header);
            REQUIRE((frame != nullptr) == reader.error().empty());
            if (frame != nullptr) {
                const std::string again = bytes_of(*frame);
                REQUIRE((again.empty() || reader.read(again) != nullptr));
            }
        });
    }
}

TEST_CASE("fields that are absent have their defaults", "[wire][frame]") {
    FrameReader reader;
    test::for_each_frame([&](const auto& empty) {
        using F = std::decay_t<decltype(empty)>;
        const std::string header = {'\x92', '\x01', static_cast<char>(F::kKind)};
        const Frame* frame = reader.read(header);
        REQUIRE(frame != nullptr);
        REQUIRE(test::same(std::get<F>(*frame), F{}));
    });
}

TEST_CASE("nothing of a frame shows in the next one of its kind", "[wire][frame]") {
    FrameReader reader;
    RandomFrames random(10);
    test::for_each_frame([&](const auto& empty) {
        using F = std::decay_t<decltype(empty)>;
        const std::string full = bytes_of(random.make<F>());
        REQUIRE(reader.read(full) != nullptr);
        const std::string header = bytes_of(empty);
        REQUIRE(test::same(std::get<F>(*reader.read(header)), F{}));
    });
}

TEST_CASE("headers do not pass over from one kind to another", "[wire][frame]") {
    FrameReader reader;
    Request request;
    request.headers = {{"a", "b"}};
    const std::string first = bytes_of(request);
    REQUIRE(reader.read(first) != nullptr);
    const std::string second = bytes_of(Publication{});
    CHECK(std::get<Publication>(*reader.read(second)).tags.empty());
    const std::string third = bytes_of(Event{});
    CHECK(std::get<Event>(*reader.read(third)).headers.empty());
}

TEST_CASE("fields of a newer version are ignored, nested ones too", "[wire][frame]") {
    FrameReader reader;
    const std::string reply = from_hex("95 01 11 07 93 01 82 a1 61 90 a1 62 c0 02 a1 78");
    const Frame* frame = reader.read(reply);
    REQUIRE(frame != nullptr);
    CHECK(std::get<Reply>(*frame).call == 7);

    // An interest with a third field, followed by the field after the list.
    const std::string greeting =
        from_hex("99 01 01 a1 73 a0 a0 a0 90 92 93 a1 70 a1 67 81 01 02 92 a1 71 a0 91 05");
    frame = reader.read(greeting);
    REQUIRE(frame != nullptr);
    const auto& got = std::get<Greeting>(*frame);
    REQUIRE(got.interests.size() == 2);
    CHECK(got.interests[0].group == "g");
    CHECK(got.interests[1].pattern == "q");
    CHECK(got.running == std::vector<CallId>{5});
}

TEST_CASE("a kind that is not known is no error", "[wire][frame]") {
    FrameReader reader;
    for (const char* hex : {"92 01 0a", "92 01 00", "94 01 cc ff c0 81 a1 61 01"}) {
        const std::string header = from_hex(hex);
        const Frame* frame = reader.read(header);
        REQUIRE(frame != nullptr);
        REQUIRE(std::holds_alternative<Unknown>(*frame));
        CHECK(std::get<Unknown>(*frame).kind ==
              static_cast<std::uint8_t>(header[2] == '\xcc' ? 0xff : header[2]));
    }
}

TEST_CASE("another protocol version is told apart from a broken frame", "[wire][frame]") {
    FrameReader reader;
    const std::string newer = from_hex("92 02 11");
    CHECK(reader.read(newer) == nullptr);
    CHECK(reader.fault() == ReadFault::other_version);
    CHECK(reader.error() == "protocol version 2 is not spoken here, 1 is");

    const std::string broken = from_hex("92 a1 31 11");
    CHECK(reader.read(broken) == nullptr);
    CHECK(reader.fault() == ReadFault::malformed);
}

TEST_CASE("integers are taken in every format that holds them", "[wire][frame]") {
    FrameReader reader;
    for (const char* hex :
         {"93 01 11 07", "93 cc 01 cd 00 11 ce 00 00 00 07", "93 d0 01 d1 00 11 d3 00 00 00 00 00 00 00 07",
          "dc 00 03 01 11 cf 00 00 00 00 00 00 00 07", "dd 00 00 00 03 01 11 d2 00 00 00 07"}) {
        const std::string header = from_hex(hex);
        const Frame* frame = reader.read(header);
        INFO(hex << ": " << reader.error());
        REQUIRE(frame != nullptr);
        CHECK(std::get<Reply>(*frame).call == 7);
    }
}

TEST_CASE("an error names the kind, the field and what was expected", "[wire][frame]") {
    const std::string_view any_integer = "expected an integer from 0 to 18446744073709551615";
    struct Case {
        const char* hex;
        std::string error;
    };
    const Case cases[] = {
        {"", "header: ends early"},
        {"c1", "header: not MessagePack"},
        {"01", "header: expected an array of version, kind and fields"},
        {"81 01 02", "header: expected an array of version, kind and fields"},
        {"90", "header: expected an array of version, kind and fields"},
        {"91 01", "header: expected an array of version, kind and fields"},
        {"92 c0 11", "header: expected an array of version, kind and fields"},
        {"92 01 ff", "header.kind: expected an integer from 0 to 255"},
        {"92 01 cd 01 00", "header.kind: expected an integer from 0 to 255"},
        {"93 01 11 ff", "reply.call: " + std::string(any_integer)},
        {"93 01 11 c0", "reply.call: " + std::string(any_integer)},
        {"93 01 11 ca 3f 80 00 00", "reply.call: " + std::string(any_integer)},
        {"93 01 11 a1 37", "reply.call: " + std::string(any_integer)},
        {"93 01 11 91 07", "reply.call: " + std::string(any_integer)},
        {"94 01 10 07 05", "request.topic: expected a str"},
        {"94 01 10 07 c4 01 61", "request.topic: expected a str"},
        {"95 01 10 07 a1 61 ff", "request.deadline: expected an integer from 0 to 4294967295"},
        {"95 01 10 07 a1 61 cf 00 00 00 01 00 00 00 00",
         "request.deadline: expected an integer from 0 to 4294967295"},
        {"96 01 10 07 a1 61 00 a1 78", "request.caller: expected an array"},
        {"96 01 10 07 a1 61 00 92 a1 73 05", "request.caller.user: expected a str"},
        {"96 01 10 07 a1 61 00 96 a0 a0 a0 a0 a0 a0", "request.caller.meta: expected a bin"},
        {"97 01 10 07 a1 61 00 c0 90", "request.headers: expected a map of str to str"},
        {"97 01 10 07 a1 61 00 c0 81 01 a1 62", "request.headers: expected a str"},
        {"97 01 10 07 a1 61 00 c0 81 a1 61 02", "request.headers: expected a str"},
        {"94 01 12 07 cf 00 00 00 01 00 00 00 00", "error.code: expected an integer from 0 to 4294967295"},
        {"96 01 12 07 64 a0 01", "error.temporary: expected a bool"},
        {"94 01 13 07 00", "returned.reason: expected an integer from 1 to 4"},
        {"94 01 13 07 05", "returned.reason: expected an integer from 1 to 4"},
        {"94 01 23 07 05", "control.action: expected an integer from 1 to 4"},
        {"97 01 01 a1 73 a0 a0 a0 81 01 02", "greeting.endpoints: expected an array"},
        {"97 01 01 a1 73 a0 a0 a0 92 91 a1 74 92 a1 75 c3",
         "greeting.endpoints[1].window: expected an integer from 0 to 4294967295"},
        {"97 01 01 a1 73 a0 a0 a0 91 05", "greeting.endpoints[0]: expected an array"},
        {"99 01 01 a1 73 a0 a0 a0 90 90 92 01 c0", "greeting.running[1]: " + std::string(any_integer)},
        {"93 01 04 a1 ff", "header: a str is not UTF-8"},
        {"93 01 05 d4 00 00", "header: extension types are not used"},
        {"93 01 05 c7 00 05", "header: extension types are not used"},
    };
    for (const Case& each : cases) {
        INFO(each.hex);
        CHECK(error_of(each.hex) == each.error);
    }
}

TEST_CASE("a header is bounded in bytes", "[wire][frame]") {
    FrameReader reader;
    const auto read = [&](std::size_t bytes) {
        std::string header =
            from_hex("93 01 08 c6 00 00 00 00");  // a goodbye whose reason is a bin: too big or wrong
        const std::size_t left = bytes - header.size();
        for (std::size_t i = 0; i < 4; ++i) {
            header[4 + i] = static_cast<char>(left >> (24 - 8 * i) & 0xff);
        }
        header.append(left, 'x');
        CHECK(reader.read(header) == nullptr);
        return std::string(reader.error());
    };
    CHECK(read(kMaxHeaderBytes) == "goodbye.reason: expected a str");
    CHECK(read(kMaxHeaderBytes + 1) == "header: too many bytes");
}

TEST_CASE("a header is bounded in depth", "[wire][frame]") {
    FrameReader reader;
    // [1, 10, [[...]]]: the outer array is the first level.
    const auto nested = [](std::size_t levels) {
        return from_hex("93 01 0a") + std::string(levels - 1, '\x91') + '\x01';
    };
    const std::string deepest = nested(kMaxHeaderDepth);
    CHECK(reader.read(deepest) != nullptr);
    const std::string deeper = nested(kMaxHeaderDepth + 1);
    CHECK(reader.read(deeper) == nullptr);
    CHECK(reader.error() == "header: nested too deep");
    const std::string bomb(kMaxHeaderBytes, '\x91');
    CHECK(reader.read(bomb) == nullptr);
    CHECK(reader.error() == "header: nested too deep");
}

TEST_CASE("a header is bounded in values", "[wire][frame]") {
    FrameReader reader;
    const auto flat = [](std::size_t items) {
        std::string header = {'\xdc', static_cast<char>(items >> 8), static_cast<char>(items & 0xff), '\x01',
                              '\x0a'};
        return header.append(items - 2, '\x00');
    };
    const std::string most = flat(kMaxHeaderItems - 1);  // the array itself is one more
    CHECK(reader.read(most) != nullptr);
    const std::string more = flat(kMaxHeaderItems);
    CHECK(reader.read(more) == nullptr);
    CHECK(reader.error() == "header: too many values");
}

TEST_CASE("what a header claims to hold costs nothing", "[wire][frame]") {
    for (const char* hex : {"dd ff ff ff ff", "df ff ff ff ff", "dd 80 00 00 00", "df 80 00 00 00",
                            "93 01 09 dd ff ff ff ff"}) {
        INFO(hex);
        CHECK(error_of(hex) == "header: too many values");
    }
    for (const char* hex :
         {"db ff ff ff ff", "c6 ff ff ff ff", "c9 ff ff ff ff 00", "93 01 08 db ff ff ff ff"}) {
        INFO(hex);
        CHECK(error_of(hex) == "header: ends early");
    }
    std::string nested;
    for (int i = 0; i < 20000; ++i) {
        nested += "\xdc\xff\xff";
    }
    FrameReader reader;
    CHECK(reader.read(nested) == nullptr);
}

TEST_CASE("a frame of most endpoints that fit is read", "[wire][frame]") {
    Greeting greeting;
    greeting.service = "many";
    greeting.endpoints.resize(580);
    for (Endpoint& endpoint : greeting.endpoints) {
        endpoint.topic = "a.topic";
    }
    FrameReader reader;
    check_round_trip(reader, greeting);
}

TEST_CASE("a reader can be moved", "[wire][frame]") {
    FrameReader first;
    FrameReader second = std::move(first);
    const std::string header = bytes_of(Reply{7});
    CHECK(second.read(header) != nullptr);
}

TEST_CASE("the reader and msgpack-cxx agree on what is MessagePack", "[wire][frame]") {
    FrameReader reader;
    RandomFrames random(11);
    for (int round = 0; round < 2000; ++round) {
        std::string header = bytes_of(random.make<Request>());
        header[random.number(header.size())] = static_cast<char>(random.number(256));
        msgpack::null_visitor all;
        std::size_t end = 0;
        const bool well_formed =
            msgpack::parse(header.data(), header.size(), end, all) && end == header.size();
        if (reader.read(header) != nullptr) {
            CHECK(well_formed);
        } else if (!well_formed) {
            CHECK(reader.error().starts_with("header: "));
        }
    }
}

}  // namespace fairlead::wire
