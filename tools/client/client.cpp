// SPDX-License-Identifier: Apache-2.0
#include "client/client.h"

#include <algorithm>

namespace fairlead::client {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kGoodbye{1000};

milliseconds left_until(Deadline deadline) {
    return std::max(milliseconds(0), std::chrono::ceil<milliseconds>(deadline - Clock::now()));
}

std::string connect_request(const ClientOptions& options) {
    std::string out = R"({"name":)" + quoted(options.name);
    if (!options.token.empty()) out += R"(,"token":)" + quoted(options.token);
    if (!options.data.empty()) out += R"(,"data":)" + options.data;
    return out + "}";
}

std::string with_data(std::string_view name, std::string_view value, std::string_view data) {
    std::string out = "{\"" + std::string(name) + "\":" + quoted(value);
    if (!data.empty()) out.append(R"(,"data":)").append(data);
    return out + "}";
}

Error closed_by(const Event& event) {
    return Error{Fault::closed, "the server closed the connection: " + std::to_string(event.close_code) +
                                    " " + event.payload};
}

/// Codes after which a client does not come back.
bool is_final(std::uint16_t code) {
    return (code >= 3500 && code < 4000) || (code >= 4500 && code < 5000);
}

Error refused_by(const ReplyError& error) {
    return Error{Fault::refused, "connect: error " + std::to_string(error.code) + " " + error.message};
}

}  // namespace

Client::Client(WebSocket websocket, const ClientOptions& options)
    : websocket_(std::move(websocket)), timeout_(options.timeout) {}

Result<Client> Client::connect(std::string_view url, const ClientOptions& options) {
    auto websocket = WebSocket::open(url, options.websocket);
    if (!websocket) return websocket.error();
    Client client(std::move(*websocket), options);
    if (auto done = client.say_connect(options); !done) return done.error();
    return client;
}

Result<void> Client::say_connect(const ClientOptions& options) {
    auto reply = call("connect", connect_request(options));
    if (!reply && close_event_ && is_final(close_event_->close_code)) {
        return Error{Fault::refused, reply.error().text};
    }
    if (!reply) return reply.error();
    if (reply->error().code != 0) return refused_by(reply->error());
    const JsonValue* result = reply->result("connect");
    if (result == nullptr) return Error{Fault::malformed, "a connect reply without result: " + reply->text()};
    id_ = text_of(*result, "client");
    connected_ = std::move(*reply);
    return {};
}

Result<Reply> Client::subscribe(std::string_view channel, std::string_view fields) {
    std::string request = R"({"channel":)" + quoted(channel);
    if (!fields.empty()) request.append(",").append(fields);
    return call("subscribe", request + "}");
}

Result<Reply> Client::unsubscribe(std::string_view channel) {
    return call("unsubscribe", R"({"channel":)" + quoted(channel) + "}");
}

Result<Reply> Client::publish(std::string_view channel, std::string_view data) {
    return call("publish", with_data("channel", channel, data));
}

Result<Reply> Client::rpc(std::string_view topic, std::string_view data) {
    return call("rpc", with_data("method", topic, data));
}

Result<void> Client::send(std::string_view data) {
    return websocket_.send_text(R"({"send":{"data":)" + std::string(data) + "}}");
}

Result<Reply> Client::call(std::string_view command, std::string_view request) {
    const auto id = begin(command, request);
    if (!id) return id.error();
    return finish(*id);
}

Result<std::uint32_t> Client::begin(std::string_view command, std::string_view request) {
    const std::uint32_t id = ++last_id_;
    std::string text = "{\"" + std::string(command) + "\":";
    text.append(request).append(R"(,"id":)").append(std::to_string(id)).append("}");
    if (auto sent = websocket_.send_text(text); !sent) {
        // The reason why the server closed stands in its close frame, if that is still to be read.
        while (!close_event_ && read(milliseconds(0))) {
        }
        return close_event_ ? closed_by(*close_event_) : sent.error();
    }
    return id;
}

Result<Reply> Client::finish(std::uint32_t id) {
    const Deadline deadline = Clock::now() + timeout_;
    while (true) {
        if (const auto found = replies_.find(id); found != replies_.end()) {
            Reply reply = std::move(found->second);
            replies_.erase(found);
            return reply;
        }
        if (auto got = read(left_until(deadline)); !got) return got.error();
    }
}

Result<Reply> Client::next_push(milliseconds timeout) {
    const Deadline deadline = Clock::now() + timeout;
    while (pushes_.empty()) {
        if (auto got = read(left_until(deadline)); !got) return got.error();
    }
    Reply push = std::move(pushes_.front());
    pushes_.pop_front();
    return push;
}

Result<void> Client::poll() {
    while (true) {
        auto got = read(milliseconds(0));
        if (!got) return got.error().fault == Fault::timeout ? Result<void>{} : got;
    }
}

Result<Event> Client::wait_close(milliseconds timeout) {
    const Deadline deadline = Clock::now() + timeout;
    while (!close_event_) {
        if (auto got = read(left_until(deadline)); !got && !close_event_) return got.error();
    }
    return *close_event_;
}

void Client::close() {
    // Whatever goes wrong here: the connection ends with this object.
    if (!close_event_) (void)websocket_.close(1000, {}, kGoodbye);
}

Result<void> Client::read(milliseconds timeout) {
    if (close_event_) return closed_by(*close_event_);
    auto event = websocket_.receive(timeout);
    if (!event) return event.error();
    return take(std::move(*event));
}

Result<void> Client::take(Event event) {
    if (event.kind == Event::Kind::close) {
        close_event_ = std::move(event);
        return closed_by(*close_event_);
    }
    if (event.kind != Event::Kind::text) return {};
    auto replies = parse_replies(event.payload);
    if (!replies) return replies.error();
    for (Reply& reply : *replies) {
        if (reply.is_ping()) {
            if (auto sent = websocket_.send_text("{}"); !sent) return sent;
        } else if (reply.id() != 0) {
            replies_.emplace(reply.id(), std::move(reply));
        } else {
            pushes_.push_back(std::move(reply));
        }
    }
    return {};
}

}  // namespace fairlead::client
