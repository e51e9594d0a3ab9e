// SPDX-License-Identifier: Apache-2.0
#include "edge/connection.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <random>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <utility>

#include "edge/forwarded.h"
#include "edge/proxy_header.h"
#include "edge/tls_identity.h"
#include "wire/error.h"

namespace fairlead::edge {
namespace {

constexpr std::uint16_t kNoCloseFrame = 1006;
constexpr std::size_t kMaxPongPayload = 125;
// A close that still moves is waited for this many times the linger at the most.
constexpr int kMaxLingers = 10;
// What was under way when we closed is read so that the close arrives; who sends more than this does not want it.
constexpr std::uint32_t kMaxSentAfterClose = 8 * 1024 * 1024;

std::uint16_t number(wire::Close code) { return static_cast<std::uint16_t>(code); }

// 50 to 100 % of the interval, so that clients that came together are not pinged together.
std::chrono::milliseconds first_ping(std::chrono::milliseconds interval) {
    static thread_local std::minstd_rand random{std::random_device{}()};
    auto half = interval.count() / 2;
    return std::chrono::milliseconds(half + static_cast<std::int64_t>(random()) % (half + 1));
}

Rate byte_rate(const Options& options) {
    auto bytes = static_cast<double>(options.max_bytes_per_second);
    return {bytes, bytes};
}

}  // namespace

Connection::Connection(Context& context, core::ClientKey key, int descriptor, const sockaddr_storage& peer,
                       bool identified)
    : context_(context),
      stream_(descriptor, context.tls != nullptr ? context.tls->current().get() : nullptr),
      peer_(peer_group(peer)),
      websocket_(*this, context.options.max_message_bytes),
      session_(context, *this, key),
      control_frames_(context.options.control_frames, context.now),
      bytes_(byte_rate(context.options), context.now),
      newcomer_(context.newcomers.insert(context.newcomers.end(), this)),
      phase_(first_phase()),
      identified_(identified) {
    if (!identified) {
        behind_ = std::make_unique<IpAddress>(ip_address(peer));
        if (context_.rules.proxy_protocol_from.contains(*behind_)) phase_ = Phase::announced;
    }
    context_.poller.watch(descriptor, *this, EPOLLIN);
    auto limit = stream_.secure() ? context_.options.tls_handshake_timeout : context_.options.upgrade_timeout;
    set_deadline(phase_deadline_, context_.now + limit, Deadline::Kind::phase);
}

Connection::~Connection() = default;

std::string Connection::address() const {
    if (behind_) return address_text(*behind_);
    sockaddr_storage peer{};
    socklen_t size = sizeof peer;
    if (::getpeername(stream_.descriptor(), reinterpret_cast<sockaddr*>(&peer), &size) != 0) return {};
    return address_text(peer);
}

std::string Connection::take_url_token() {
    std::unique_ptr<std::string> token = std::move(url_token_);
    return token ? std::move(*token) : std::string();
}

// ---- input ------------------------------------------------------------------------------------------------------

void Connection::on_ready(std::uint32_t events) {
    if (phase_ == Phase::gone) return;
    if ((events & EPOLLOUT) != 0) {
        blocked_ = false;
        watch_events();
        flush();
    }
    if (phase_ != Phase::gone && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) read();
}

void Connection::read() {
    if (phase_ == Phase::announced) return read_proxy_header();
    if (phase_ == Phase::securing) return secure();
    IoResult result = stream_.read(context_.buffer.data(), context_.buffer.size());
    if (result.state == IoState::would_block) return account_held();
    if (result.state == IoState::ended) return drop(kNoCloseFrame, "connection lost");
    std::string_view bytes(context_.buffer.data(), result.bytes);
    if (phase_ == Phase::closing || phase_ == Phase::ending) {
        sent_after_close_ += static_cast<std::uint32_t>(bytes.size());
        if (sent_after_close_ > kMaxSentAfterClose) return drop(websocket_.close_code(), "went on sending after the close");
    }
    if (phase_ == Phase::upgrading) return read_head(bytes);
    if (phase_ == Phase::ending) return;
    if (phase_ == Phase::open) charge_bytes(bytes.size());
    read_frames(bytes);
}

// Not a byte more than the header is taken from the socket: what follows may be TLS.
void Connection::read_proxy_header() {
    if (!head_) head_ = std::make_unique<std::string>();
    ProxyHeader header = parse_proxy_header(*head_);
    while (header.state == ProxyHeader::State::incomplete) {
        std::array<char, ProxyHeader::kMaxBytes> piece;
        ssize_t got = ::recv(stream_.descriptor(), piece.data(), header.size - head_->size(), 0);
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (got <= 0) return drop(kNoCloseFrame, "connection lost");
        head_->append(piece.data(), static_cast<std::size_t>(got));
        header = parse_proxy_header(*head_);
    }
    head_.reset();
    if (header.state == ProxyHeader::State::refused) {
        ++context_.counts.bad_requests;
        context_.log.debug("PROXY header refused", {{"address", address()}});
        return drop(kNoCloseFrame, "no PROXY header");
    }
    phase_ = first_phase();
    if (header.source) *behind_ = *header.source;
    if (context_.rules.trusted_proxies.contains(*behind_)) return;  // its X-Forwarded-For tells more
    if (!identify(*behind_)) drop(kNoCloseFrame, "over the limits of its address");
}

bool Connection::identify(const IpAddress& client) {
    *behind_ = client;
    peer_ = peer_group(client);
    std::string_view refusal = context_.admission.identify(peer_, context_.now);
    identified_ = refusal.empty();
    if (!identified_) context_.note_refusal(refusal, address_text(client));
    return identified_;
}

bool Connection::identify_by(const Handshake& handshake) {
    return identified_ || identify(client_behind(*behind_, handshake.forwarded_for, context_.rules.trusted_proxies));
}

void Connection::secure() {
    IoState state = stream_.shake_hands();
    if (state == IoState::ended) {
        ++context_.counts.bad_handshakes;
        context_.log.debug("TLS handshake failed", {{"address", address()}});
        return drop(kNoCloseFrame, "no TLS handshake");
    }
    account_held();
    if (state != IoState::ok) return;
    phase_ = Phase::upgrading;
    went_on();
    set_deadline(phase_deadline_, context_.now + context_.options.upgrade_timeout, Deadline::Kind::phase);
}

void Connection::read_head(std::string_view bytes) {
    std::string whole;
    if (head_) {
        head_->append(bytes);
        whole = std::move(*head_);
        head_.reset();
        bytes = whole;
    }
    std::size_t end = find_head_end(bytes);
    if (end == std::string_view::npos) {
        if (is_hopeless(bytes)) return refuse(400, "malformed request head");
        if (bytes.size() > context_.options.max_header_bytes) return refuse(431, "the request head is too large");
        head_ = std::make_unique<std::string>(bytes);
        return;
    }
    Handshake handshake = judge_handshake(bytes.substr(0, end), context_.rules);
    if (handshake.status != 101) return refuse(handshake.status, handshake.why);
    if (!identify_by(handshake)) return refuse(429, "too many connections of this address");
    if (!handshake.token.empty()) url_token_ = std::make_unique<std::string>(handshake.token);
    websocket_.start(canonical_request(handshake));
    bytes.remove_prefix(end);
    if (!bytes.empty() && phase_ == Phase::open) read_frames(bytes);
}

void Connection::refuse(int status, std::string_view why) {
    ++context_.counts.bad_requests;
    context_.log.debug("upgrade refused", {{"address", address()}, {"status", status}, {"why", why}});
    push(Frame::raw(http_refusal(status, why)));
    on_ended();
}

void Connection::read_frames(std::string_view bytes) {
    if (phase_ == Phase::open && watch_.follow(bytes) > context_.options.max_fragments) {
        return close(number(wire::Close::policy), "too many fragments");
    }
    if (phase_ == Phase::open && watch_.overlong()) {
        return close(number(wire::Close::protocol_error), "length in a longer form than needed");
    }
    websocket_.feed(bytes);
    bool waits = phase_ == Phase::open && watch_.unfinished();
    // Who sends on and on is hardly ever at the end of a message when a read ends: each message has its own time.
    if (watch_.completed()) context_.deadlines.cancel(std::exchange(message_deadline_, 0));
    if (waits && message_deadline_ == 0) {
        await_message();
    } else if (!waits && message_deadline_ != 0) {
        context_.deadlines.cancel(std::exchange(message_deadline_, 0));
    }
}

void Connection::await_message() {
    set_deadline(message_deadline_, context_.now + context_.options.message_timeout, Deadline::Kind::message);
}

// Over its rate a client is not read from for a while: TCP slows it down.
void Connection::charge_bytes(std::size_t bytes) {
    double owes = bytes_.charge(byte_rate(context_.options), context_.now, static_cast<double>(bytes));
    if (paused_ || owes <= 0) return;
    paused_ = true;
    watch_events();
    auto pause = std::chrono::duration<double>(owes);
    base::TimerId unused = 0;
    set_deadline(unused, context_.now + std::chrono::ceil<std::chrono::milliseconds>(pause), Deadline::Kind::resume);
}

bool Connection::control_frame_allowed() {
    if (control_frames_.take(context_.options.control_frames, context_.now)) return true;
    close(number(wire::Close::policy), "too many control frames");
    return false;
}

void Connection::on_open() {
    phase_ = Phase::open;
    went_on();
    set_deadline(phase_deadline_, context_.now + context_.options.connect_timeout, Deadline::Kind::phase);
}

void Connection::went_on() {
    if (!admitted_as_connected_) context_.newcomers.splice(context_.newcomers.end(), context_.newcomers, newcomer_);
}

void Connection::on_message(std::string_view payload, bool) {
    if (phase_ == Phase::open) session_.receive(payload);
}

void Connection::on_ping(std::string_view payload) {
    if (phase_ != Phase::open || !control_frame_allowed()) return;
    push(Frame::make(Opcode::pong, payload.substr(0, kMaxPongPayload)));
}

void Connection::on_pong() {
    if (phase_ == Phase::open) control_frame_allowed();
}

// ---- output -----------------------------------------------------------------------------------------------------

void Connection::send(const FramePtr& frame) {
    if (phase_ != Phase::open) return lose(1);
    const std::size_t before = outbox_.cost();
    const bool fits = before + Outbox::cost_of(*frame) <= context_.options.max_queue_bytes;
    if ((blocked_ || !fits) && !make_way(frame)) return;
    const std::size_t now = outbox_.cost();
    outbox_.push(frame);
    recount(now);
    mark_dirty();
}

// False: nothing is to be queued.
bool Connection::make_way(const FramePtr& frame) {
    if (!blocked_) flush();  // much has come in one turn: slow is who does not take it
    if (phase_ != Phase::open) return lose(1), false;
    if (!blocked_) return true;
    const std::size_t before = outbox_.cost();
    const Lag::Fate fate = lag_.judge(behind(), frame);
    recount(before);
    if (fate == Lag::Fate::close) {
        lose(1);
        close_slow("queue over its limit", frame->channel());
    }
    return fate == Lag::Fate::queue;
}

void Connection::send_text(std::string_view text) {
    if (phase_ != Phase::open) return;
    std::size_t before = outbox_.cost();
    outbox_.push_text(text);
    account(before);
}

void Connection::on_output(std::string_view bytes) { push(Frame::raw(bytes)); }

void Connection::push(FramePtr frame) {
    std::size_t before = outbox_.cost();
    outbox_.push(std::move(frame));
    account(before);
}

void Connection::withdraw(std::uint64_t channel) {
    std::size_t before = outbox_.cost();
    lose(outbox_.withdraw(channel));
    recount(before);
}

void Connection::shed(std::size_t bytes) {
    const std::size_t before = outbox_.cost();
    static_cast<void>(lag_.shrink(behind(), before > bytes ? before - bytes : 0));
    recount(before);
}

void Connection::account(std::size_t before) {
    recount(before);
    mark_dirty();
    if (blocked_ || over_limit()) settle();
}

// Something was queued that is not dropped, and the client does not read or has too much waiting.
void Connection::settle() {
    if (phase_ != Phase::open) return;
    if (!blocked_) flush();  // as above
    if (phase_ != Phase::open || !blocked_) return;
    lag_.grown(behind());
    if (over_limit()) shed(outbox_.cost() - context_.options.max_queue_bytes);
    if (over_limit()) return close_slow("queue over its limit");
    hear_or_not();
}

bool Connection::over_limit() const noexcept {
    return phase_ == Phase::open && outbox_.cost() > context_.options.max_queue_bytes;
}

void Connection::mark_dirty() {
    if (dirty_ || blocked_) return;
    dirty_ = true;
    context_.dirty.push_back(this);
    context_.want_turn();
}

void Connection::flush() {
    dirty_ = false;
    if (phase_ == Phase::gone || blocked_) return;
    if (stream_.push() == IoState::ended || !write_queue()) return drop(kNoCloseFrame, "connection lost");
    // The peer closes when it sees the end; closing before it does could reset what is on its way.
    if (outbox_.empty() && phase_ == Phase::ending) stream_.finish();
    account_held();
    lag_.flushed(behind());
    hear_or_not();
}

// Until the queue is empty or the kernel takes no more; false = the connection is lost.
bool Connection::write_queue() {
    while (!outbox_.empty() && stream_.holds() == 0) {
        std::size_t size = outbox_.gather(context_.buffer.data(), stream_.piece(context_.buffer.size()));
        IoResult result = stream_.write(context_.buffer.data(), size);
        if (result.state == IoState::ended) return false;
        std::size_t before = outbox_.cost();
        outbox_.consumed(result.bytes);
        recount(before);
        if (result.bytes == size) continue;
        block();
        break;
    }
    return true;
}

// What TLS holds is out of our queue and not yet the kernel's: it counts, and it is waited for.
void Connection::account_held() {
    auto holds = static_cast<std::uint32_t>(stream_.holds());
    context_.queued_bytes += holds;
    context_.queued_bytes -= std::exchange(held_, holds);
    if (holds > 0 && !blocked_) block();
}

void Connection::block() {
    blocked_ = true;
    if (phase_ == Phase::open) lag_.blocked(behind());
    watch_events();
}

// Commands of a client that does not read their answers would only make its queue grow. Answers count alone:
// for a client that is slow for the publications that come, those give way, and it can still ask, answer
// pings and go.
void Connection::hear_or_not() {
    const std::size_t half = context_.options.max_queue_bytes / 2;
    const bool unheard =
        phase_ == Phase::open && blocked_ && outbox_.control_bytes() > (unheard_ ? half / 2 : half);
    if (unheard == unheard_) return;
    unheard_ = unheard;
    watch_events();
}

// ---- deadlines --------------------------------------------------------------------------------------------------

void Connection::start_heartbeat() {
    admitted_as_connected_ = true;
    context_.admission.connected();
    context_.newcomers.erase(newcomer_);
    heartbeat_.start(context_.now, first_ping(context_.options.ping_interval));
    set_deadline(phase_deadline_, heartbeat_.next(), Deadline::Kind::phase);
}

void Connection::on_deadline(Deadline::Kind kind) {
    if (phase_ == Phase::gone) return;  // it ended in this turn and is not buried yet
    switch (kind) {
        case Deadline::Kind::message:
            message_deadline_ = 0;
            if (paused()) return await_message();  // the rest may have come: it is we who do not read
            return close(number(wire::Close::policy), "message not completed in time");
        case Deadline::Kind::resume:
            paused_ = false;
            return watch_events();
        case Deadline::Kind::phase: break;
    }
    phase_deadline_ = 0;
    switch (phase_) {
        case Phase::securing: return drop(kNoCloseFrame, "no TLS handshake in time");
        case Phase::announced:
        case Phase::upgrading: return drop(kNoCloseFrame, "no upgrade in time");
        case Phase::open:
            if (!session_.connected()) return close(number(wire::Close::stale), {});
            return beat();
        case Phase::closing:
        case Phase::ending: return keep_closing();
        case Phase::gone: return;
    }
}

void Connection::beat() {
    switch (heartbeat_.check(context_.now, context_.options, outbox_, !paused())) {
        case Heartbeat::Act::dead: return close(number(wire::Close::no_pong), {});
        case Heartbeat::Act::ping:
            push(context_.ping);
            heartbeat_.sent(context_.now, context_.options, outbox_);
            break;
        case Heartbeat::Act::wait: break;
    }
    if (phase_ == Phase::open) set_deadline(phase_deadline_, heartbeat_.next(), Deadline::Kind::phase);
}

// After a close frame the client has time to answer, and as long as our bytes still move they may.
void Connection::keep_closing() {
    bool moved = outbox_.written() != written_at_check_ && queued_bytes() > 0;
    written_at_check_ = outbox_.written();
    if (!moved || context_.now - closing_since_ > kMaxLingers * context_.options.linger) {
        return drop(websocket_.close_code(), "closed");
    }
    set_deadline(phase_deadline_, context_.now + context_.options.linger, Deadline::Kind::phase);
}

void Connection::set_deadline(base::TimerId& id, base::Steady when, Deadline::Kind kind) {
    context_.deadlines.cancel(id);
    core::ClientKey key = session_.key();
    id = context_.deadlines.add(when, {key.slot, key.generation, kind});
}

// ---- the end ----------------------------------------------------------------------------------------------------

void Connection::close(std::uint16_t code, std::string_view reason) {
    if (phase_ == Phase::open) return websocket_.close(code, reason);
    if (phase_ == Phase::announced || phase_ == Phase::securing || phase_ == Phase::upgrading) drop(code, reason);
}

void Connection::give_way() {
    context_.note_refusal("max_before_connect reached, the slowest gives way", address());
    drop(kNoCloseFrame, "too slow to connect");
}

void Connection::close_slow(std::string_view why, std::uint64_t channel) {
    if (phase_ != Phase::open) return;
    ++context_.counts.slow;
    if (session_.connected()) {
        lag_.closing(behind(), channel);  // core knows who it is, and says so
    } else {
        context_.log.warning("slow client closed",
                             {{"address", address()}, {"queued_bytes", outbox_.bytes()}, {"why", why}});
    }
    const std::size_t before = outbox_.cost();
    lose(outbox_.clear());
    recount(before);
    close(number(wire::Close::slow), {});
}

void Connection::on_closing(std::uint16_t code, std::string_view reason) {
    phase_ = Phase::closing;
    leave_protocol(code, reason);
}

void Connection::on_ended() {
    phase_ = Phase::ending;
    leave_protocol(websocket_.close_code(), "closed");
    mark_dirty();
}

// The client is no client any more; what is left is to bring the last bytes out and to read on so that they arrive.
void Connection::leave_protocol(std::uint16_t code, std::string_view reason) {
    session_.end(code, reason);
    lag_.stop(context_);
    context_.deadlines.cancel(std::exchange(message_deadline_, 0));
    closing_since_ = context_.now;
    written_at_check_ = outbox_.written();
    set_deadline(phase_deadline_, context_.now + context_.options.linger, Deadline::Kind::phase);
    if (paused()) {
        paused_ = unheard_ = false;
        watch_events();
    }
}

void Connection::drop(std::uint16_t code, std::string_view reason) {
    if (phase_ == Phase::gone) return;
    phase_ = Phase::gone;
    session_.end(code, reason);
    lag_.stop(context_);
    context_.deadlines.cancel(phase_deadline_);
    context_.deadlines.cancel(message_deadline_);
    lose(outbox_.data());
    context_.queued_bytes -= queued_bytes();
    context_.poller.forget(stream_.descriptor());
    stream_.close();
    if (!admitted_as_connected_) context_.newcomers.erase(newcomer_);
    context_.admission.released(peer_, identified_, admitted_as_connected_);
    context_.gone.push_back(this);
    context_.want_turn();
}

void Connection::watch_events() {
    std::uint32_t events = (paused() ? 0U : static_cast<std::uint32_t>(EPOLLIN)) |
                           (blocked_ ? static_cast<std::uint32_t>(EPOLLOUT) : 0U);
    context_.poller.change(stream_.descriptor(), *this, events);
}

}  // namespace fairlead::edge
