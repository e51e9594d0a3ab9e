// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <poll.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include <zmq.hpp>

#include "base/clock.h"
#include "src/backoff.h"
#include "src/host.h"
#include "src/line.h"
#include "src/link_keys.h"
#include "src/shared.h"
#include "wire/batch.h"
#include "wire/frame.h"
#include "wire/frame_reader.h"

namespace fairlead::detail {

/// What a link asks of its owner and tells it. Called on the link's thread, from within the link's functions.
class LinkOwner {
public:
    virtual ~LinkOwner() = default;
    /// Who we are, now. Its views need to live until the next call of this.
    virtual wire::Greeting greeting() = 0;
    virtual wire::Heartbeat heartbeat() = 0;
    /// The broker took the greeting. `new_boot`: it is not the run of the broker that welcomed us before.
    virtual void on_welcome(const wire::Welcome& welcome, bool new_boot) = 0;
    /// Nothing can be sent until the next welcome.
    virtual void on_down() = 0;
    /// The broker will not have us as we are. The link is closed for good.
    virtual void on_refused(std::uint32_t code, std::string_view reason) = 0;
    /// All other frames, while the link is up. The frame's views live for the call.
    virtual void on_frame(wire::Frame& frame, zmq::message_t& payload) = 0;
};

/// The way to one broker: a line, its greeting, its heartbeats, and what to do when the broker is gone: a new
/// line, after a pause, and a new greeting. Tried without end. Threads: one.
class Link {
public:
    Link(std::string broker, LinkKeys keys, LinkOwner& owner, Shared& shared);
    ~Link();

    void open(base::Steady now);
    /// Says goodbye after what was sent before, and closes when the broker has heard it, at most half a
    /// second later.
    void leave(base::Steady now);
    void close();

    bool up() const noexcept { return state_ == State::up; }
    bool closed() const noexcept { return state_ == State::closed; }
    /// Up, and no backlog: what can wait elsewhere should.
    bool has_room() const noexcept;

    /// Puts a frame into the next message. False if the link is not up or the frame is too large for any
    /// message.
    template <typename F>
    bool send(const F& frame, zmq::message_t payload = {}) {
        return up() && batch_.add(frame, std::move(payload));
    }

    /// Hands the batch to the line, as far as it takes it. To be followed by receive().
    void flush();

    /// Handles all that has come, until there is nothing; true if there was anything, or if something is to be sent.
    bool receive(base::Steady now);

    /// Timers. After receive(), so that nobody is taken for dead whose sign of life has come.
    void tick(base::Steady now);
    /// When tick() has something to do.
    base::Steady next_due() const noexcept { return due_; }

    /// What to poll for input.
    void add_descriptors(std::vector<pollfd>& descriptors) const;

private:
    enum class State : std::uint8_t { closed, waiting, connecting, greeting, up, leaving };

    void connect(base::Steady now);
    void disconnect();
    std::string why_no_connection(LinkEnding ending) const;
    void retry(base::Steady now);
    void lose(base::Steady now, std::string_view why);
    void complain(std::string_view why, LinkEnding known = LinkEnding::none);
    void greet(base::Steady now);
    void handle_message(base::Steady now);
    void handle_pair(base::Steady now, zmq::message_t& header, zmq::message_t& payload);
    void handle(base::Steady now, wire::Frame& frame, zmq::message_t& payload);
    void welcome(base::Steady now, const wire::Welcome& welcome);
    void refuse_key();
    void refuse(std::uint32_t code, std::string_view reason);
    void check_life(base::Steady now);
    void beat(base::Steady now);
    base::SendOutcome send_message(std::size_t pairs);

    // Constant after construction.
    const std::string broker_;
    const LinkKeys keys_;
    LinkOwner& owner_;
    Shared& shared_;

    std::unique_ptr<Line> line_;  ///< none: closed, or waiting
    std::vector<zmq::message_t> parts_;
    std::vector<zmq::message_t> out_;
    wire::FrameReader reader_;
    wire::BasicBatch<zmq::message_t> batch_;
    Backoff backoff_;
    std::size_t attempt_ = 0;

    State state_ = State::closed;
    bool lost_ = false;        ///< found out where it could not be handled: the next tick does
    LinkEnding said_ = LinkEnding::none;  ///< how much of the cause the log has
    bool complained_ = false;  ///< the log has it that the broker is not there
    base::Steady due_ = base::Steady::max();
    base::Steady heard_{};
    base::Steady last_tick_{};
    base::Steady next_beat_{};
    std::chrono::milliseconds heartbeat_ = wire::kHeartbeat;
    std::chrono::milliseconds dead_after_ = wire::kDeadAfter;
    std::string boot_;
};

}  // namespace fairlead::detail
