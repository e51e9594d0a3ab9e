// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>

#include "client/reply.h"
#include "client/websocket.h"

namespace fairlead::client {

struct ClientOptions {
    std::string token;                        // empty = none
    std::string data;                         // JSON for the connect command; empty = none
    std::string name = "fairlead";            // as the server's metrics and logs see it
    std::chrono::milliseconds timeout{5000};  // of connecting and of each reply
    WebSocketOptions websocket;
};

/// The JSON client protocol over one blocking WebSocket: commands are sent, replies found by id, pings
/// answered, pushes kept in order until they are taken. Payloads (`data`) are JSON text and must hold no raw
/// newline. One connection for life: no reconnecting.
///
/// A refused command is a Reply whose error().code is set; Result errors are failures of the connection.
/// After Fault::closed, close_event() says what the server's close frame said. Threads: one at a time.
class Client {
public:
    /// Opens the WebSocket and sends connect. An error reply to connect, or a close code after which clients
    /// do not come back (3500-3999, 4500-4999), is Fault::refused.
    static Result<Client> connect(std::string_view url, const ClientOptions& options = {});

    /// `fields` are further members of the command's object as JSON, for example
    /// R"("recover":true,"offset":7)".
    Result<Reply> subscribe(std::string_view channel, std::string_view fields = {});
    Result<Reply> unsubscribe(std::string_view channel);
    Result<Reply> publish(std::string_view channel, std::string_view data);
    Result<Reply> rpc(std::string_view topic, std::string_view data);
    /// No reply exists for `send`.
    Result<void> send(std::string_view data);
    /// Any command: `request` is its object as JSON.
    Result<Reply> call(std::string_view command, std::string_view request);

    /// Halves of call(), so that several can be outstanding. begin() gives the command's id.
    Result<std::uint32_t> begin(std::string_view command, std::string_view request);
    Result<Reply> finish(std::uint32_t id);

    /// The next push, in the order of arrival; Fault::timeout when none came.
    Result<Reply> next_push(std::chrono::milliseconds timeout);
    /// Reads what is there without waiting, and answers pings; for programs that wait elsewhere.
    Result<void> poll();
    /// Waits for the server's close frame.
    Result<Event> wait_close(std::chrono::milliseconds timeout);
    /// Says goodbye and waits shortly for the answer.
    void close();

    const std::string& id() const { return id_; }
    /// The connect result.
    const Reply& connected() const { return connected_; }
    const std::optional<Event>& close_event() const { return close_event_; }
    WebSocket& websocket() { return websocket_; }

private:
    Client(WebSocket websocket, const ClientOptions& options);

    Result<void> say_connect(const ClientOptions& options);
    Result<void> read(std::chrono::milliseconds timeout);
    Result<void> take(Event event);

    WebSocket websocket_;
    std::chrono::milliseconds timeout_;
    std::uint32_t last_id_ = 0;
    std::string id_;
    Reply connected_;
    std::map<std::uint32_t, Reply> replies_;  // that came and were not asked for yet
    std::deque<Reply> pushes_;
    std::optional<Event> close_event_;
};

}  // namespace fairlead::client
