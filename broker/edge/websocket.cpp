// SPDX-License-Identifier: Apache-2.0
// The one place that includes websocketpp. It is used without its endpoint classes, whose headers do not compile as
// C++20 with g++ 12: a connection<config> with the transport policy below is all that is needed.
#include "edge/websocket.h"

#include "edge/utf8_validator.h"

#include <websocketpp/common/platforms.hpp>

#include <websocketpp/common/cpp11.hpp>
#include <websocketpp/common/stdint.hpp>
#include <websocketpp/concurrency/none.hpp>
#include <websocketpp/connection_base.hpp>
#include <websocketpp/extensions/permessage_deflate/disabled.hpp>
#include <websocketpp/http/request.hpp>
#include <websocketpp/http/response.hpp>
#include <websocketpp/logger/levels.hpp>
#include <websocketpp/logger/stub.hpp>
#include <websocketpp/message_buffer/alloc.hpp>
#include <websocketpp/message_buffer/message.hpp>
#include <websocketpp/random/none.hpp>
#include <websocketpp/transport/base/connection.hpp>
#include <websocketpp/transport/base/endpoint.hpp>
#include <websocketpp/uri.hpp>
#include <websocketpp/version.hpp>

#include <websocketpp/connection.hpp>

#include <algorithm>
#include <cstring>
#include <functional>
#include <utility>
#include <vector>

#include "wire/error.h"

namespace fairlead::edge {
namespace {

namespace ws = websocketpp;
namespace transport = websocketpp::transport;
using ErrorCode = ws::lib::error_code;

// A timer that websocketpp may ask for. All deadlines are the edge's own, so none is ever made.
struct NoTimer {
    void cancel() {}
};

// The transport policy: websocketpp's reads are answered from feed(), its writes go to the sink at once.
template <typename Config>
class MemoryTransport : public std::enable_shared_from_this<MemoryTransport<Config>> {
public:
    using type = MemoryTransport;
    using ptr = std::shared_ptr<type>;
    using timer_ptr = std::shared_ptr<NoTimer>;
    using alog_type = typename Config::alog_type;
    using elog_type = typename Config::elog_type;

    MemoryTransport(bool, const std::shared_ptr<alog_type>&, const std::shared_ptr<elog_type>&) {}

    ptr get_shared() { return this->shared_from_this(); }
    bool is_secure() const { return false; }
    void set_uri(ws::uri_ptr) {}
    std::string get_remote_endpoint() const { return {}; }
    void set_handle(ws::connection_hdl) {}
    ws::connection_hdl get_handle() const { return {}; }
    timer_ptr set_timer(long, transport::timer_handler) { return {}; }

    void set_sink(WebSocket::Sink* sink) { sink_ = sink; }

    void feed(std::string_view bytes) {
        while (!bytes.empty() && take_read()) {
            std::size_t part = std::min(bytes.size(), read_size_);
            std::memcpy(read_buffer_, bytes.data(), part);
            bytes.remove_prefix(part);
            finish_read(part);
            run_dispatched();
        }
    }

    // What websocketpp wanted to do later, when nothing of it is on the stack.
    void run_dispatched() {
        while (!dispatched_.empty()) {
            std::vector<std::function<void()>> batch;
            batch.swap(dispatched_);
            for (auto& call : batch) call();
        }
    }

protected:
    void init(transport::init_handler handler) { handler(ErrorCode()); }

    // The read handler of frames is a member of the connection and stays; that of the handshake is a temporary.
    void async_read_at_least(std::size_t, char* buffer, std::size_t size, const transport::read_handler& handler) {
        read_buffer_ = buffer;
        read_size_ = size;
        lasting_read_ = &handler;
    }
    template <typename Handler>
    void async_read_at_least(std::size_t, char* buffer, std::size_t size, Handler&& handler) {
        read_buffer_ = buffer;
        read_size_ = size;
        single_read_ = std::forward<Handler>(handler);
        lasting_read_ = nullptr;
    }

    void async_write(const char* data, std::size_t size, transport::write_handler handler) {
        if (sink_ != nullptr) sink_->on_output({data, size});
        handler(ErrorCode());
    }
    void async_write(const std::vector<transport::buffer>& buffers, const transport::write_handler& handler) {
        std::string joined;
        for (const transport::buffer& buffer : buffers) joined.append(buffer.buf, buffer.len);
        if (sink_ != nullptr) sink_->on_output(joined);
        handler(ErrorCode());
    }

    template <typename Handler>
    ErrorCode dispatch(Handler&& handler) {
        dispatched_.emplace_back(std::forward<Handler>(handler));
        return {};
    }
    ErrorCode interrupt(transport::interrupt_handler handler) { return dispatch(std::move(handler)); }

    void async_shutdown(transport::shutdown_handler handler) {
        lasting_read_ = nullptr;
        single_read_ = nullptr;
        if (sink_ != nullptr) sink_->on_ended();
        handler(ErrorCode());
    }

private:
    bool take_read() {
        pending_ = lasting_read_;
        lasting_read_ = nullptr;
        return pending_ != nullptr || single_read_ != nullptr;
    }
    void finish_read(std::size_t bytes) {
        if (pending_ != nullptr) {
            (*std::exchange(pending_, nullptr))(ErrorCode(), bytes);
        } else {
            transport::read_handler handler = std::exchange(single_read_, nullptr);
            handler(ErrorCode(), bytes);
        }
    }

    WebSocket::Sink* sink_ = nullptr;
    char* read_buffer_ = nullptr;
    std::size_t read_size_ = 0;
    const transport::read_handler* lasting_read_ = nullptr;
    const transport::read_handler* pending_ = nullptr;
    transport::read_handler single_read_;
    std::vector<std::function<void()>> dispatched_;
};

// websocketpp asks the transport policy for its connection type through this.
template <typename Config>
class MemoryEndpoint {
public:
    using type = MemoryEndpoint;
    using transport_con_type = MemoryTransport<Config>;
    using transport_con_ptr = typename transport_con_type::ptr;
    using alog_type = typename Config::alog_type;
    using elog_type = typename Config::elog_type;
};

// A request that can be emptied: its header map would stay for the connection's whole life.
class Request : public ws::http::parser::request {
public:
    void release() { *this = Request(); }
};

struct Config {
    using type = Config;
    using concurrency_type = ws::concurrency::none;
    using request_type = Request;
    using response_type = ws::http::parser::response;
    using message_type = ws::message_buffer::message<ws::message_buffer::alloc::con_msg_manager>;
    using con_msg_manager_type = ws::message_buffer::alloc::con_msg_manager<message_type>;
    using endpoint_msg_manager_type = ws::message_buffer::alloc::endpoint_msg_manager<con_msg_manager_type>;
    using elog_type = ws::log::stub;
    using alog_type = ws::log::stub;
    using rng_type = ws::random::none::int_generator<std::uint32_t>;

    struct transport_config {
        using concurrency_type = Config::concurrency_type;
        using elog_type = Config::elog_type;
        using alog_type = Config::alog_type;
        using request_type = Config::request_type;
        using response_type = Config::response_type;
    };
    using transport_type = MemoryEndpoint<transport_config>;
    using connection_base = ws::connection_base;

    static const long timeout_open_handshake = 0;
    static const long timeout_close_handshake = 0;
    static const long timeout_pong = 0;
    static const int client_version = 13;
    static const bool drop_on_protocol_error = false;
    static const bool silent_close = false;
    static const bool enable_extensions = false;
    static const bool enable_multithreading = false;
    static const std::size_t connection_read_buffer_size = 512;
    static const std::size_t max_message_size = 64 * 1024;
    static const std::size_t max_http_body_size = 0;

    struct permessage_deflate_config {
        using request_type = Config::request_type;
        static const bool allow_disabling_context_takeover = true;
        static const std::uint8_t minimum_outgoing_window_bits = 8;
    };
    using permessage_deflate_type = ws::extensions::permessage_deflate::disabled<permessage_deflate_config>;
};

using Connection = ws::connection<Config>;

const std::shared_ptr<ws::log::stub>& silent_log() {
    // The plus makes a value of it: the library declares this constant and never defines it.
    static const auto log = std::make_shared<ws::log::stub>(+ws::log::channel_type_hint::access);
    return log;
}

Config::rng_type& no_random() {
    static Config::rng_type random;
    return random;
}

}  // namespace

struct WebSocket::Impl final : Connection {
    Impl(Sink& to, std::size_t max_message_bytes)
        : Connection(true, "", silent_log(), silent_log(), std::ref(no_random())), sink(&to) {
        set_sink(sink);
        set_max_message_size(max_message_bytes);
        set_open_handshake_timeout(0);
        set_close_handshake_timeout(0);
        set_open_handler([this](ws::connection_hdl) { opened(); });
        set_message_handler([this](ws::connection_hdl, message_ptr message) { received(*message); });
        set_ping_handler([this](ws::connection_hdl, const std::string& payload) {
            if (sink != nullptr) sink->on_ping(payload);
            return false;
        });
        set_pong_handler([this](ws::connection_hdl, const std::string&) {
            if (sink != nullptr) sink->on_pong();
        });
        set_validate_handler([this](ws::connection_hdl) {
            const auto& offered = get_requested_subprotocols();
            if (!offered.empty()) select_subprotocol(offered.front());
            return true;
        });
    }

    void opened() {
        const_cast<Request&>(get_request()).release();
        if (sink != nullptr) sink->on_open();
    }

    void received(const Config::message_type& message) {
        if (sink != nullptr) sink->on_message(message.get_payload(), message.get_opcode() == ws::frame::opcode::text);
    }

    // websocketpp closes by itself on a protocol error or a close frame: tell the sink when that began.
    void note_closing() {
        if (closing || sink == nullptr || get_state() != ws::session::state::closing) return;
        closing = true;
        sink->on_closing(close_code(), get_local_close_reason());
    }

    std::uint16_t close_code() const {
        if (get_local_close_code() != ws::close::status::abnormal_close) return get_local_close_code();
        return get_remote_close_code();
    }

    Sink* sink;
    bool closing = false;
};

WebSocket::WebSocket(Sink& sink, std::size_t max_message_bytes)
    : impl_(std::make_shared<Impl>(sink, max_message_bytes)) {}

WebSocket::~WebSocket() {
    impl_->sink = nullptr;
    impl_->set_sink(nullptr);
}

void WebSocket::start(std::string_view canonical_request) {
    auto self = impl_;
    self->Connection::start();
    feed(canonical_request);
}

void WebSocket::feed(std::string_view bytes) {
    auto self = impl_;
    self->feed(bytes);
    self->note_closing();
}

void WebSocket::close(std::uint16_t code, std::string_view reason) {
    auto self = impl_;
    ErrorCode error;
    self->Connection::close(code, close_text(code, reason), error);
    if (error) return;  // it is closing already
    self->run_dispatched();
    self->note_closing();
}

std::uint16_t WebSocket::close_code() const { return impl_->close_code(); }

}  // namespace fairlead::edge
