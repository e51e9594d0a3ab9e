// SPDX-License-Identifier: Apache-2.0
#include "wire/frame_reader.h"

#include <exception>
#include <type_traits>
#include <utility>
#include <variant>

#include "wire/fields.h"
#include "wire/limits.h"
#include "wire/token_cursor.h"
#include "wire/tokens.h"

namespace fairlead::wire {
namespace {

/// What the vectors of pairs of a frame are kept for: their memory.
template <typename F>
constexpr Pairs F::*pairs_of() noexcept {
    if constexpr (std::is_same_v<F, Request> || std::is_same_v<F, Event>) {
        return &F::headers;
    } else if constexpr (std::is_same_v<F, Publication>) {
        return &F::tags;
    } else {
        return nullptr;
    }
}

}  // namespace

struct FrameReader::Impl {
    TokenList tokens{TokenLimits{kMaxHeaderBytes, kMaxHeaderDepth, kMaxHeaderItems}};
    Frame frame;
    Pairs spare;  ///< the memory of the last headers or tags, while `frame` is of a kind without any
    ReadFault fault = ReadFault::none;
    std::string error;

    Frame* fail(ReadFault what, std::string_view kind, const Mismatch& where) {
        fault = what;
        error.assign(kind).append(where.path.empty() ? "" : ".").append(where.path);
        error.append(": expected ").append(where.expected);
        return nullptr;
    }

    Frame* fail(ReadFault what, std::string text) {
        fault = what;
        error = std::move(text);
        return nullptr;
    }

    /// An empty F in `frame`, with the memory of the one before.
    template <typename F>
    F& renew() {
        static const F kEmpty{};
        if (F* same = std::get_if<F>(&frame)) {
            return *same = kEmpty;
        }
        const auto rescue = [this](auto& old) {
            constexpr auto kPairs = pairs_of<std::decay_t<decltype(old)>>();
            if constexpr (kPairs != nullptr) {
                spare.swap(old.*kPairs);
            }
        };
        std::visit(rescue, frame);
        F& fresh = frame.emplace<F>();
        if constexpr (constexpr auto kPairs = pairs_of<F>(); kPairs != nullptr) {
            spare.clear();
            spare.swap(fresh.*kPairs);
        }
        return fresh;
    }

    template <typename F>
    Frame* read_fields(TokenCursor& cursor, std::size_t left) {
        if (!cursor.take_fields(renew<F>(), left)) {
            return fail(ReadFault::malformed, Fields<F>::kName, cursor.mismatch());
        }
        return &frame;
    }

    Frame* read(std::string_view header);
    Frame* read_kind(std::uint8_t kind, TokenCursor& cursor, std::size_t left);
};

Frame* FrameReader::Impl::read(std::string_view header) {
    fault = ReadFault::none;
    error.clear();
    if (!tokens.parse(header)) {
        return fail(ReadFault::malformed, std::string("header: ").append(tokens.error()));
    }
    TokenCursor cursor(tokens.tokens());
    std::size_t items = 0;
    std::uint8_t version = 0;
    if (!cursor.take_array(items) || items < 2 || !cursor.take(version)) {
        return fail(ReadFault::malformed, "header: expected an array of version, kind and fields");
    }
    if (version != kProtocolVersion) {
        return fail(ReadFault::other_version, "protocol version " + std::to_string(version) +
                                                  " is not spoken here, " + std::to_string(kProtocolVersion) +
                                                  " is");
    }
    std::uint8_t kind = 0;
    if (!cursor.take(kind)) {
        return fail(ReadFault::malformed, "header.kind", cursor.mismatch());
    }
    return read_kind(kind, cursor, items - 2);
}

Frame* FrameReader::Impl::read_kind(std::uint8_t kind, TokenCursor& cursor, std::size_t left) {
    switch (static_cast<Kind>(kind)) {
        case Kind::greeting:
            return read_fields<Greeting>(cursor, left);
        case Kind::welcome:
            return read_fields<Welcome>(cursor, left);
        case Kind::refusal:
            return read_fields<Refusal>(cursor, left);
        case Kind::who:
            return read_fields<Who>(cursor, left);
        case Kind::heartbeat:
            return read_fields<Heartbeat>(cursor, left);
        case Kind::probe:
            return read_fields<Probe>(cursor, left);
        case Kind::drain:
            return read_fields<Drain>(cursor, left);
        case Kind::goodbye:
            return read_fields<Goodbye>(cursor, left);
        case Kind::request:
            return read_fields<Request>(cursor, left);
        case Kind::reply:
            return read_fields<Reply>(cursor, left);
        case Kind::error:
            return read_fields<Error>(cursor, left);
        case Kind::returned:
            return read_fields<Returned>(cursor, left);
        case Kind::cancel:
            return read_fields<Cancel>(cursor, left);
        case Kind::event:
            return read_fields<Event>(cursor, left);
        case Kind::publication:
            return read_fields<Publication>(cursor, left);
        case Kind::push:
            return read_fields<Push>(cursor, left);
        case Kind::control:
            return read_fields<Control>(cursor, left);
        case Kind::revoke:
            return read_fields<Revoke>(cursor, left);
        case Kind::ack:
            return read_fields<Ack>(cursor, left);
        case Kind::told:
            return read_fields<Told>(cursor, left);
        case Kind::heard:
            return read_fields<Heard>(cursor, left);
        case Kind::window:
            return read_fields<Window>(cursor, left);
        case Kind::lease:
            return read_fields<Lease>(cursor, left);
        case Kind::release:
            return read_fields<Release>(cursor, left);
        case Kind::claim:
            return read_fields<Claim>(cursor, left);
    }
    renew<Unknown>().kind = kind;
    return &frame;
}

FrameReader::FrameReader() : impl_(std::make_unique<Impl>()) {}
FrameReader::~FrameReader() = default;
FrameReader::FrameReader(FrameReader&&) noexcept = default;
FrameReader& FrameReader::operator=(FrameReader&&) noexcept = default;

Frame* FrameReader::read(std::string_view header) noexcept {
    try {
        return impl_->read(header);
    } catch (const std::exception&) {  // out of memory; the peer's frame is what asked for it
        impl_->fault = ReadFault::malformed;
        impl_->error.clear();
        return nullptr;
    }
}

ReadFault FrameReader::fault() const noexcept {
    return impl_->fault;
}

std::string_view FrameReader::error() const noexcept {
    const bool out_of_memory = impl_->fault != ReadFault::none && impl_->error.empty();
    return out_of_memory ? std::string_view("header: out of memory") : std::string_view(impl_->error);
}

}  // namespace fairlead::wire
