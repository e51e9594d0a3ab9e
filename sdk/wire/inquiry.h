// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

/// Requests that the broker answers itself, on reserved topics. Question and answer are MessagePack maps;
/// unknown members are passed over, so that versions can mix. docs/backplane-protocol.md has them all.
///
///     _broker.clients  _broker.presence  _broker.presence_stats  _broker.history  _broker.state  _broker.counts
namespace fairlead::wire {

enum class InquiryKind : std::uint8_t { clients, presence, presence_stats, history, state, counts };

/// Nothing for any other topic. Threads: any.
std::optional<InquiryKind> inquiry_of(std::string_view topic) noexcept;
std::string_view inquiry_topic(InquiryKind kind) noexcept;

/// What is asked. Members that its kind has no use for are ignored.
struct Inquiry {
    std::string_view channel;  ///< presence, presence_stats, history
    std::string_view user;     ///< clients
    std::string_view client;   ///< state
    std::uint64_t from = 0;    ///< clients, presence: `next` of the page before
    std::uint64_t limit = 0;   ///< history
    bool has_since = false;    ///< history: `offset` was given
    std::uint64_t offset = 0;
    std::string_view epoch;
    bool reverse = false;
};

/// Threads: one at a time.
class InquiryReader {
public:
    InquiryReader();
    ~InquiryReader();

    /// False if it is none; the text says why. What it gives points into `payload`.
    bool read(std::string_view payload, Inquiry& inquiry, std::string& why);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace fairlead::wire
