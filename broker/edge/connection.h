// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>

#include "core/client_key.h"
#include "edge/address.h"
#include "edge/context.h"
#include "edge/frame.h"
#include "edge/frame_watch.h"
#include "edge/handshake.h"
#include "edge/heartbeat.h"
#include "edge/lag.h"
#include "edge/outbox.h"
#include "edge/poller.h"
#include "edge/session.h"
#include "edge/stream.h"
#include "edge/token_bucket.h"
#include "edge/websocket.h"

namespace fairlead::edge {

/// One WebSocket connection from accept to the end of its socket: it moves bytes, keeps deadlines and limits, and joins
/// stream, WebSocket protocol, out-queue and session. When it is gone it lists itself in Context::gone.
/// Threads: its edge thread.
class Connection final : public Watched, private WebSocket::Sink {
public:
    /// `descriptor` is connected, non-blocking, and owned from here on.
    /// `identified`: its address was admitted as the client's; else it comes through a proxy that will name it.
    Connection(Context& context, core::ClientKey key, int descriptor, const sockaddr_storage& peer, bool identified = true);
    ~Connection();

    void on_ready(std::uint32_t events) override;
    void on_deadline(Deadline::Kind kind);

    /// Output; what is for a connection that is closing is dropped. A publication for a client that does not
    /// read is treated as its channel says (edge/lag.h); text of our own always finds room, or the client is
    /// closed (3008).
    void send(const FramePtr& frame);
    void send_text(std::string_view text);
    /// Takes back what waits of a channel.
    void withdraw(std::uint64_t channel);

    /// Begins the closing handshake; before the upgrade it just ends the connection.
    void close(std::uint16_t code, std::string_view reason);
    /// It has done its part of what comes before the connection: it gives way later than those that have not.
    void went_on();
    /// Ends it at once: it has not connected, and newer ones need its place.
    void give_way();
    /// Ends it for not reading: what waits is dropped, then 3008. `channel`: whose publication it was, or 0.
    void close_slow(std::string_view why, std::uint64_t channel = 0);
    /// Lets data give way that may, until so many bytes less wait, or none is left.
    void shed(std::size_t bytes);

    /// Writes what the kernel takes. Called once a turn.
    void flush();

    /// The connect command was accepted: heartbeats begin.
    void start_heartbeat();
    bool pong() { return heartbeat_.pong(context_.options); }

    bool open() const noexcept { return phase_ == Phase::open; }
    bool gone() const noexcept { return phase_ == Phase::gone; }
    bool paused() const noexcept { return paused_ || unheard_; }
    /// The kernel takes no more: the client does not read.
    bool blocked() const noexcept { return blocked_; }
    std::size_t queued_bytes() const noexcept { return outbox_.cost() + held_; }
    /// The client's address as text.
    std::string address() const;
    /// By which the client's tokens and connections are limited.
    const PeerGroup& peer() const noexcept { return peer_; }
    /// The token of its URL, once; empty = none.
    std::string take_url_token();
    /// The user that a verified client certificate names; empty without one.
    std::string certified_user() const { return stream_.certified_user(); }
    Session& session() noexcept { return session_; }

private:
    enum class Phase : std::uint8_t {
        announced,  // a proxy's header is being read
        securing,   // the TLS handshake
        upgrading,  // the HTTP request is being read
        open,
        closing,    // our close frame is in the queue or out; the client's end is awaited
        ending,     // nothing more to say: the end comes when the queue is empty
        gone,
    };

    // WebSocket::Sink
    void on_open() override;
    void on_message(std::string_view payload, bool text) override;
    void on_ping(std::string_view payload) override;
    void on_pong() override;
    void on_output(std::string_view bytes) override;
    void on_closing(std::uint16_t code, std::string_view reason) override;
    void on_ended() override;

    void read();
    void read_proxy_header();
    bool identify(const IpAddress& client);
    bool identify_by(const Handshake& handshake);
    void secure();
    Phase first_phase() const noexcept { return stream_.secure() ? Phase::securing : Phase::upgrading; }
    void read_head(std::string_view bytes);
    void refuse(int status, std::string_view why);
    void read_frames(std::string_view bytes);
    bool control_frame_allowed();
    void await_message();
    void charge_bytes(std::size_t bytes);
    void beat();
    void keep_closing();

    void push(FramePtr frame);
    bool make_way(const FramePtr& frame);
    void account(std::size_t before);
    void settle();
    void lose(std::size_t copies) noexcept { context_.counts.unsent += copies; }
    void recount(std::size_t before) noexcept { context_.queued_bytes += outbox_.cost() - before; }
    Lag::Client behind() noexcept { return {context_, session_, outbox_}; }
    void block();
    void hear_or_not();
    bool write_queue();
    bool over_limit() const noexcept;
    void account_held();
    void mark_dirty();
    void watch_events();
    void set_deadline(base::TimerId& id, base::Steady when, Deadline::Kind kind);
    void leave_protocol(std::uint16_t code, std::string_view reason);
    void drop(std::uint16_t code, std::string_view reason);

    Context& context_;
    Stream stream_;
    PeerGroup peer_;
    std::unique_ptr<IpAddress> behind_;  // the client, where the socket's peer is a proxy
    std::unique_ptr<std::string> head_;  // what has not come whole: of a PROXY header, then of an HTTP request
    std::unique_ptr<std::string> url_token_;
    Outbox outbox_;
    WebSocket websocket_;
    FrameWatch watch_;
    Heartbeat heartbeat_;
    Lag lag_;
    Session session_;
    TokenBucket control_frames_;
    TokenBucket bytes_;
    std::list<Connection*>::iterator newcomer_;  // its place in Context::newcomers, until it is connected or gone
    base::TimerId phase_deadline_ = 0;
    base::TimerId message_deadline_ = 0;
    base::Steady closing_since_{};
    std::uint64_t written_at_check_ = 0;
    std::uint32_t sent_after_close_ = 0;  // bytes that the peer sent since the connection is closing
    std::uint32_t held_ = 0;  // bytes of TLS that the stream holds, as Context::queued_bytes counts them
    Phase phase_;
    bool dirty_ = false;
    bool blocked_ = false;  // the kernel takes no more: EPOLLOUT will tell
    bool paused_ = false;   // not read from, for its rate
    bool unheard_ = false;  // not read from, for the answers that it does not read
    bool identified_;       // counted under its address
    bool admitted_as_connected_ = false;
};

}  // namespace fairlead::edge
