// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wire/frame.h"
#include "wire/frame_writer.h"
#include "wire/limits.h"

namespace fairlead::wire {

/// The pairs (header, payload) that wait for one peer, in order, cut into messages: each at most kMaxPairs
/// pairs and kMaxMessageBytes of payload; a larger payload goes alone. Knows no ZeroMQ.
///
///     while (const std::size_t pairs = batch.message_pairs()) {
///         if (!send(batch, pairs)) break;        // header(0), payload(0), ..., header(pairs - 1),
///         payload(pairs - 1) batch.pop(pairs);
///     }
///
/// `Payload` is moved in and has `size()`: std::string, zmq::message_t, or a reference-counted buffer.
///
/// Threads: one at a time.
template <typename Payload>
class BasicBatch {
public:
    /// False, and nothing is added, if the peer would refuse the pair: a header over kMaxHeaderBytes or a
    /// payload over kHardPayloadBytes.
    template <typename F>
    [[nodiscard]] bool add(const F& frame, Payload payload = Payload()) {
        if (payload.size() > kHardPayloadBytes) {
            return false;
        }
        const std::size_t begin = headers_.size();
        write(frame, headers_);
        if (headers_.size() - begin > kMaxHeaderBytes) {
            headers_.resize(begin);
            return false;
        }
        const std::size_t payload_bytes = payload.size();
        pairs_.push_back(Pair{begin, headers_.size() - begin, payload_bytes, std::move(payload)});
        payload_bytes_ += payload_bytes;
        return true;
    }

    /// How many pairs from the front make the next message; 0 = empty.
    std::size_t message_pairs() const noexcept {
        const std::size_t most = std::min(size(), kMaxPairs);
        std::size_t pairs = 0;
        for (std::size_t bytes = 0; pairs < most; ++pairs) {
            bytes += pairs_[front_ + pairs].payload_bytes;
            if (bytes > kMaxMessageBytes && pairs > 0) {
                break;
            }
        }
        return pairs;
    }

    /// Pair `index`, counted from the front. A header view is valid until the next add, pop or clear.
    std::string_view header(std::size_t index) const noexcept {
        const Pair& pair = pairs_[front_ + index];
        return std::string_view(headers_).substr(pair.header_begin, pair.header_bytes);
    }
    Payload& payload(std::size_t index) noexcept { return pairs_[front_ + index].payload; }

    /// Forgets that many pairs of the front, whatever became of their payloads.
    void pop(std::size_t pairs) noexcept {
        for (std::size_t i = front_; i < front_ + pairs; ++i) {
            payload_bytes_ -= pairs_[i].payload_bytes;
            pairs_[i].payload = Payload();
        }
        front_ += pairs;
        if (empty()) {
            clear();
        } else if (front_ > kMaxPairs && front_ > size()) {
            compact();
        }
    }

    /// Keeps the memory for the next turn, unless a backlog made it large.
    void clear() noexcept {
        pairs_.clear();
        front_ = 0;
        payload_bytes_ = 0;
        headers_.clear();
        if (headers_.capacity() > kMaxMessageBytes) {
            headers_.shrink_to_fit();
            pairs_.shrink_to_fit();
        }
    }

    bool empty() const noexcept { return size() == 0; }
    std::size_t size() const noexcept { return pairs_.size() - front_; }  ///< pairs
    std::size_t payload_bytes() const noexcept { return payload_bytes_; }
    std::size_t header_bytes() const noexcept {
        return empty() ? 0 : headers_.size() - pairs_[front_].header_begin;
    }

private:
    struct Pair {
        std::size_t header_begin;
        std::size_t header_bytes;
        std::size_t payload_bytes;  ///< kept here, since a payload may have been moved out
        Payload payload;
    };

    /// Gives the room of the popped pairs back while a backlog stays.
    void compact() noexcept {
        const std::size_t gone_bytes = pairs_[front_].header_begin;
        headers_.erase(0, gone_bytes);
        pairs_.erase(pairs_.begin(), pairs_.begin() + static_cast<std::ptrdiff_t>(front_));
        front_ = 0;
        for (Pair& pair : pairs_) {
            pair.header_begin -= gone_bytes;
        }
    }

    std::string headers_;      ///< one after the other
    std::vector<Pair> pairs_;  ///< those before front_ are gone already
    std::size_t front_ = 0;
    std::size_t payload_bytes_ = 0;
};

using Batch = BasicBatch<std::string>;

enum class MessageFault : std::uint8_t {
    none,
    odd_parts,       ///< a header without its payload part, or no part at all
    too_many_parts,  ///< more than 2 * kMaxPairs
    empty_header,
    header_too_big,   ///< over kMaxHeaderBytes
    payload_too_big,  ///< over the limit of one payload
    message_too_big,  ///< two pairs or more with over kMaxMessageBytes of payload
};

/// The fault in words, for a log line.
std::string_view to_string(MessageFault fault) noexcept;

/// The rules above for a message that comes in, part by part (the routing id left out), so that a peer that
/// sends without end is found out early. A fault stays until reset().
///
/// Threads: one at a time.
class MessageCheck {
public:
    explicit MessageCheck(std::size_t max_payload_bytes = kDefaultPayloadBytes) noexcept
        : max_payload_bytes_(max_payload_bytes) {}

    /// The next part has that many bytes.
    MessageFault add(std::size_t bytes) noexcept;

    /// That was the last part.
    MessageFault finish() noexcept;

    void reset() noexcept;

private:
    MessageFault add_payload(std::size_t bytes) noexcept;

    std::size_t max_payload_bytes_;
    std::size_t parts_ = 0;
    std::size_t payload_bytes_ = 0;
    MessageFault fault_ = MessageFault::none;
};

/// A whole message by the sizes of its parts.
MessageFault check_message(std::span<const std::size_t> part_bytes,
                           std::size_t max_payload_bytes = kDefaultPayloadBytes) noexcept;

}  // namespace fairlead::wire
