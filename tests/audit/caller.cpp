// SPDX-License-Identifier: Apache-2.0
#include "audit/caller.h"

#include <sys/socket.h>

#include <chrono>

#include "client/json.h"

namespace fairlead::audit {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kWindow = 8;
constexpr auto kPatience = 60s;  // no outcome in that time is none

std::string request_of(std::uint32_t caller, std::uint32_t seq) {
    return std::string(R"({"method":"work.)") + (seq % 2 == 0 ? "once" : "again") + R"(","data":{"caller":)" +
           std::to_string(caller) + R"(,"seq":)" + std::to_string(seq) + "}}";
}

}  // namespace

Caller::Caller(Options options)
    : options_(std::move(options)), recorder_(options_.record), random_(options_.number) {
    thread_ = std::thread([this] { run(); });
}

Caller::~Caller() {
    *options_.left = 0;
    finish();
}

void Caller::finish() {
    if (thread_.joinable()) thread_.join();
    recorder_.flush();
}

void Caller::run() {
    while (*options_.left > 0 || !under_way_.empty()) {
        if (!client_) connect();
        if (!client_) continue;
        if (cut_.exchange(false)) ::shutdown(client_->websocket().descriptor(), SHUT_RDWR);
        ask();
        if (client_ && !under_way_.empty()) hear();
    }
}

void Caller::connect() {
    client::ClientOptions options;
    options.timeout = std::chrono::duration_cast<std::chrono::milliseconds>(kPatience);
    auto connected = client::Client::connect(options_.url, options);
    if (connected) {
        client_.emplace(std::move(*connected));
    } else {
        std::this_thread::sleep_for(
            std::chrono::milliseconds(1 + random_() % 20));  // as SDKs do, only sooner
    }
}

void Caller::ask() {
    while (under_way_.size() < kWindow && options_.left->fetch_sub(1) > 0) {
        Line line{.kind = Kind::asked, .actor = options_.number, .seq = ++seq_};
        line.channel = seq_ % 2 == 0 ? "work.once" : "work.again";
        if (seq_ % 2 == 1) line.flags = kIdempotent;
        recorder_.put(line);
        const auto id = client_->begin("rpc", request_of(options_.number, seq_));
        under_way_.push_back({seq_, id ? *id : 0});
        if (!id) return lose();
    }
}

void Caller::hear() {
    const auto reply = client_->finish(under_way_.front().id);
    if (!reply) return lose();
    const Asked asked = under_way_.front();
    under_way_.pop_front();
    record(asked, *reply);
}

void Caller::record(const Asked& asked, const client::Reply& reply) {
    Line line{.kind = Kind::answered, .actor = options_.number, .seq = asked.seq};
    if (const client::JsonValue* result = reply.result("rpc"); result != nullptr) {
        const client::JsonValue* data = client::member(*result, "data");
        if (data != nullptr) line.digest = static_cast<std::uint32_t>(client::number_of(*data, "digest"));
    } else {
        line.code = reply.error().code;
        // Nobody is there, or they have enough to do.
        if (line.code == 104 || line.code == 111) std::this_thread::sleep_for(1ms);
    }
    recorder_.put(line);
}

// What has come before the end counts. One whose connection stands and that has no outcome is left without a
// record.
void Caller::lose() {
    for (const Asked& each : under_way_) {
        const auto reply = client_->finish(each.id);
        if (reply) {
            record(each, *reply);
        } else if (reply.error().fault != client::Fault::timeout) {
            recorder_.put({.kind = Kind::answered, .actor = options_.number, .seq = each.seq, .code = kCut});
        }
    }
    under_way_.clear();
    client_.reset();
}

}  // namespace fairlead::audit
