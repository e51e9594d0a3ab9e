// SPDX-License-Identifier: Apache-2.0
#include "audit/publisher.h"

#include "audit/payload.h"

namespace fairlead::audit {
namespace {

// What certainly did not happen. The SDK says "outcome unknown" of what it had sent; code 3 (it was stopped)
// and 100 (an error inside) may stand for either.
bool is_certain(const Error& error) {
    constexpr std::uint32_t kStopped = 3;
    constexpr std::uint32_t kInternal = 100;
    return error.code != kStopped && error.code != kInternal &&
           error.message.rfind("outcome unknown", 0) != 0;
}

}  // namespace

void Publisher::announce(const std::string& channel, std::string filling) {
    const std::uint32_t seq = ++seqs_[channel];
    recorder_.put({.kind = Kind::publish,
                   .actor = number_,
                   .channel = channel,
                   .seq = seq,
                   .digest = digest_of(channel, number_, seq, filling)});
    announced_.push_back({channel, std::move(filling), seq});
}

void Publisher::send_all() {
    for (Announced& each : announced_) {
        const Value payload = Value::map(
            {{kPublisherMember, number_}, {kSeqMember, each.seq}, {kFillingMember, std::move(each.filling)}});
        sent_.push_back({each.channel, each.seq, service_.channel(each.channel).publish(payload)});
    }
    announced_.clear();
}

void Publisher::settle(std::chrono::milliseconds timeout) {
    constexpr std::uint32_t kDeadline = 1;
    while (!sent_.empty()) {
        const auto outcome = sent_.front().outcome.wait(timeout);
        if (!outcome && outcome.error().code == kDeadline) return;
        record(sent_.front(), outcome);
        sent_.pop_front();
        timeout = std::chrono::milliseconds(0);
    }
}

void Publisher::record(const Sent& sent, const Result<Published>& outcome) {
    Line line{.kind = Kind::ok, .actor = number_, .channel = sent.channel, .seq = sent.seq};
    reached_ = 0;
    if (outcome) {
        reached_ = outcome->reached;
        line.epoch = outcome->epoch;
        line.offset = outcome->offset;
        line.code = outcome->reached;
    } else {
        line.kind = is_certain(outcome.error()) ? Kind::fail : Kind::unknown;
        line.code = outcome.error().code;
    }
    recorder_.put(line);
}

}  // namespace fairlead::audit
