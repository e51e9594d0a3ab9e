// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/client_key.h"
#include "core/ports.h"
#include "core/to_edge.h"
#include "edge/channels.h"
#include "edge/context.h"
#include "edge/json/command.h"
#include "edge/token_bucket.h"

namespace fairlead::edge {

class Connection;

/// The client protocol of one connection: commands in, replies and pushes out. It decides what can be decided here
/// (form, order, tokens, rates) and hands the rest to core in the order in which it came.
/// Threads: the connection's edge thread.
class Session {
public:
    Session(Context& context, Connection& connection, core::ClientKey key);

    /// One whole message of the client.
    void receive(std::string_view message);

    // What core answers.
    void on(core::Connected&& message);
    void on(core::Subscribed&& message);
    void on(core::Joined&& message);
    void on(core::Unsubscribed&& message);
    void on(core::Published&& message);
    void on(core::Answered&& message);
    void on(core::Refreshed&& message);
    void on(core::SubRefreshed&& message);
    void on(core::HistoryRead&& message);
    void on(core::PresenceRead&& message);
    void on(core::PresenceCounted&& message);
    void on(core::Dropped&& message);
    void on(core::Failed&& message);
    void on(core::Message&& message);
    void on(core::CloseClient&& message);

    /// The connection is going: core is told, subscriptions end.
    void end(std::uint16_t code, std::string_view reason);

    bool connected() const noexcept { return state_ == State::connected; }
    core::ClientKey key() const noexcept { return key_; }
    Connection& connection() noexcept { return connection_; }
    std::vector<Subscription>& subscriptions() noexcept { return subscriptions_; }

private:
    enum class State : std::uint8_t {
        fresh,       // upgraded; connect must come
        connecting,  // core has been asked
        connected,
        refused,     // connect was answered with an error: all else is ignored until the client closes
        ended,
    };

    void handle(const json::Command& command);
    void refuse(const json::Command& command);
    void pong();
    void connect(const json::Command& command);
    void subscribe(const json::Command& command);
    void publish(const json::Command& command);
    void call(const json::Command& command);
    void send(const json::Command& command);
    void refresh(const json::Command& command);
    void sub_refresh(const json::Command& command);
    /// The command's subscription token; null after it was answered with an error.
    std::unique_ptr<core::SubscriptionClaims> subscription_token(const json::Command& command);
    void query(const json::Command& command, core::Query::Kind kind);
    bool may_verify();
    core::TokenResult verify(std::string_view token);
    bool allowed_by_rate(const json::Command& command);
    bool core_has_room(const json::Command& command);
    bool needs_channel(const json::Command& command);
    std::string to_msgpack(const json::RawValue& value);

    void fail(std::uint32_t id, wire::Code code, std::string_view message = {});
    void close(wire::Close code, std::string_view reason = {});
    void post(core::FromEdge&& message);

    Context& context_;
    Connection& connection_;
    const core::ClientKey key_;
    State state_ = State::fresh;
    bool known_to_core_ = false;
    std::uint16_t refused_commands_ = 0;  // by the rate, since the last one that was let through
    TokenBucket commands_;
    std::vector<Subscription> subscriptions_;
};

}  // namespace fairlead::edge
