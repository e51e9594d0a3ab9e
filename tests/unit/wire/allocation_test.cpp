// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <new>
#include <string>

#include "unit/wire/frames.h"
#include "wire/batch.h"
#include "wire/frame_reader.h"

namespace {
std::atomic<std::size_t> allocations{0};
}

// The whole program counts, so that no way to the heap is missed. All forms are replaced, since a sanitizer
// compares which of them took memory with which gives it back; those for arrays too.
void* operator new(std::size_t bytes) {
    ++allocations;
    if (void* place = std::malloc(bytes)) {
        return place;
    }
    throw std::bad_alloc();
}
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
    ++allocations;
    return std::malloc(bytes);
}
void* operator new[](std::size_t bytes) {
    return operator new(bytes);
}
void* operator new[](std::size_t bytes, const std::nothrow_t& tag) noexcept {
    return operator new(bytes, tag);
}
void operator delete[](void* place) noexcept {
    std::free(place);
}
void operator delete[](void* place, std::size_t) noexcept {
    std::free(place);
}
void operator delete(void* place) noexcept {
    std::free(place);
}
void operator delete(void* place, std::size_t) noexcept {
    std::free(place);
}

namespace fairlead::wire {
namespace {

Request full_request() {
    Request request;
    request.call = 1;
    request.topic = "orders.create";
    request.caller.user = "user-7";
    request.caller.client = "b1-0123456789abcdef0123456789abcdef";
    request.headers = {{"tenant", "a-value-that-is-longer-than-a-short-string"}, {"b", "c"}};
    request.trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    return request;
}

}  // namespace

TEST_CASE("reading and writing the frequent kinds does not allocate", "[wire][frame]") {
    const Request request = full_request();
    const std::string headers[] = {
        test::bytes_of(request), test::bytes_of(Reply{1}), test::bytes_of(Heartbeat{}),
        test::bytes_of(Error{1, 100, "internal server error", true}), test::bytes_of(Returned{})};
    FrameReader reader;
    std::string out;
    std::size_t read = 0;
    const auto turn = [&] {
        for (const std::string& header : headers) {
            read += reader.read(header) != nullptr ? 1 : 0;
        }
        out.clear();
        write(request, out);
        write(Reply{1}, out);
        write(Heartbeat{}, out);
    };
    turn();
    const std::size_t before = allocations;
    for (int i = 0; i < 100; ++i) {
        turn();
    }
    CHECK(allocations == before);
    CHECK(read == 101 * std::size(headers));
}

TEST_CASE("a batch that is used again does not allocate", "[wire][batch]") {
    const Request request = full_request();
    Batch batch;
    std::size_t sent = 0;
    const auto turn = [&] {
        for (int i = 0; i < 10; ++i) {
            sent += batch.add(request) ? 1 : 0;
        }
        batch.pop(batch.message_pairs());
    };
    turn();
    const std::size_t before = allocations;
    for (int i = 0; i < 100; ++i) {
        turn();
    }
    CHECK(allocations == before);
    CHECK(sent == 1010);
}

}  // namespace fairlead::wire
