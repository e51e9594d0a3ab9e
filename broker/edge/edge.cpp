// SPDX-License-Identifier: Apache-2.0
#include "edge/edge.h"

#include <unistd.h>
#include <algorithm>
#include <array>
#include <cstring>
#include <type_traits>
#include <utility>
#include <variant>

#include "edge/connection.h"
#include "edge/context.h"
#include "edge/json/reply.h"
#include "edge/listener.h"
#include "edge/publication_json.h"
#include "edge/tls_identity.h"

namespace fairlead::edge {
namespace {

constexpr std::size_t kBufferBytes = 64 * 1024;
constexpr std::chrono::milliseconds kFlushSlice{2};  // then the loop reads again
constexpr std::size_t kFlushesBetweenLooks = 64;
constexpr std::size_t kComingBytes = 16 * 1024 * 1024;
// Over the budget of all queues so much of it is made free at once, so that it is not done each turn.
constexpr std::size_t kRest = 16;
constexpr std::chrono::seconds kShedLogEvery{1};
constexpr std::size_t kNoBurden = 4 * 1024;  // who reads has less waiting, and is not shed

// Of what core refuses when there is no room.
std::size_t payload_bytes(const core::ToEdge& message) {
    if (const auto* publication = std::get_if<core::Deliver>(&message))
        return (*publication)->data.bytes.size();
    if (const auto* push = std::get_if<core::Message>(&message)) return push->data.bytes.size();
    return 0;
}

core::Hash secret_hash(core::Random& random) {
    std::array<std::uint64_t, 2> key{};
    random.fill(std::as_writable_bytes(std::span(key)));
    return {key[0], key[1]};
}

HandshakeRules rules_of(const Options& options) {
    return {options.path,
            OriginList(options.allowed_origins),
            options.max_header_bytes,
            options.max_header_lines,
            Networks(options.trusted_proxies),
            Networks(options.proxy_protocol_from),
            options.insecure_token_in_url};
}

}  // namespace

Shared::Shared(const Options& given, std::string broker_version, std::size_t max_clients,
               unsigned thread_count, std::unique_ptr<TlsIdentity> tls_identity)
    : options(given),
      version(std::move(broker_version)),
      threads(thread_count),
      tls(std::move(tls_identity)),
      admission(given, max_clients) {}

Edge::Edge(asio::io_context& io, core::EdgeIndex index, Shared& shared, const std::string& address,
           bool joins, Outside outside)
    : context_(new Context{
          .options = shared.options,
          .rules = rules_of(shared.options),
          .version = shared.version,
          .clock = outside.clock,
          .log = outside.log,
          .tokens = outside.tokens,
          .core = outside.core,
          .admission = shared.admission,
          .tls = shared.tls.get(),
          .index = index,
          .max_queued_bytes = shared.options.max_total_queue_bytes / shared.threads,
          .poller = Poller(
              io, [this] { context_->now = context_->clock.now(); }, [] {}),
          .deadlines = base::TimerWheel<Deadline>(outside.clock.now()),
          .channels = Channels(secret_hash(outside.random)),
          .decoder = json::CommandDecoder(shared.options.max_depth),
          .to_msgpack = json::ToMsgpack(shared.options.max_depth),
          .ping = Frame::make(Opcode::text, "{}"),
          .text = {},
          .buffer = std::vector<char>(kBufferBytes),
          .dirty = {},
          .gone = {},
          .newcomers = {},
          .want_turn = outside.want_turn,
          .now = outside.clock.now(),
          .queued_bytes = 0,
          .counts = {},
          .refusal_said_at = {},
          .refused_unsaid = 0,
      }),
      listener_(std::make_unique<Listener>(
          context_->poller, outside.clock, outside.log, ListenSocket(address, shared.threads > 1, joins),
          [this](int descriptor, const sockaddr_storage& peer) { accept(descriptor, peer); })),
      mailbox_(shared.options.mailbox_entries, outside.want_turn) {}

Edge::~Edge() = default;

void Edge::reload(const Options& options) {
    context_->rules = rules_of(options);
    context_->options = options;
}

void Edge::post(core::ToEdge&& message) {
    coming_bytes_.fetch_add(payload_bytes(message), std::memory_order_relaxed);
    mailbox_.post(std::move(message));
}

bool Edge::has_room() const {
    return mailbox_.has_room() && coming_bytes_.load(std::memory_order_relaxed) < kComingBytes;
}

const std::string& Edge::address() const noexcept {
    return listener_->address();
}

core::Deliveries Edge::deliveries() const {
    const Counts& counts = context_->counts;
    core::Deliveries all;
    all.handed = counts.deliveries;
    for (const base::Counter& each : counts.dropped)
        all.dropped += each;
    all.conflated = counts.conflated;
    all.unsent = counts.unsent;
    all.undeliverable = counts.undeliverable;
    all.gaps = counts.gaps;
    all.closed_slow = counts.slow;
    return all;
}

const Counts& Edge::counts() const noexcept {
    return context_->counts;
}

void Edge::accept(int descriptor, const sockaddr_storage& peer) {
    const IpAddress address = ip_address(peer);
    const HandshakeRules& rules = context_->rules;
    const bool by_proxy =
        rules.proxy_protocol_from.contains(address) || rules.trusted_proxies.contains(address);
    std::string_view refusal = by_proxy ? context_->admission.admit_unidentified()
                                        : context_->admission.admit(peer_group(address), context_->now);
    if (!refusal.empty()) {
        ::close(descriptor);
        return context_->note_refusal(refusal, address_text(address));
    }
    ++context_->counts.accepted;
    if (free_slots_.empty()) {
        free_slots_.push_back(static_cast<std::uint32_t>(slots_.size()));
        slots_.emplace_back();
    }
    std::uint32_t index = free_slots_.back();
    free_slots_.pop_back();
    Slot& slot = slots_[index];
    core::ClientKey key{context_->index, index, ++slot.generation};
    slot.connection = std::make_unique<Connection>(*context_, key, descriptor, peer, !by_proxy);
    ++open_;
    if (context_->admission.crowded()) context_->newcomers.front()->give_way();
}

Connection* Edge::find(const core::ClientKey& key) {
    if (key.slot >= slots_.size() || slots_[key.slot].generation != key.generation) return nullptr;
    return slots_[key.slot].connection.get();
}

bool Edge::on_turn() {
    context_->now = context_->clock.now();
    bool any = mailbox_.drain([this](core::ToEdge&& message) { take(std::move(message)); });
    any = flush_dirty() || any;
    shed_to(context_->max_queued_bytes, "all queues over their limit");
    return bury() || any;
}

void Edge::take(core::ToEdge&& message) {
    coming_bytes_.fetch_sub(payload_bytes(message), std::memory_order_relaxed);
    std::visit([this](auto&& each) { give(std::move(each)); }, std::move(message));
}

template <typename Message>
void Edge::give(Message&& message) {
    using Type = std::remove_cvref_t<Message>;
    if constexpr (std::is_same_v<Type, core::Deliver>) {
        deliver(*message, message.subscribers);
    } else if constexpr (std::is_same_v<Type, core::Announce>) {
        announce(*message);
    } else if constexpr (std::is_same_v<Type, std::unique_ptr<core::Connected>> ||
                         std::is_same_v<Type, std::unique_ptr<core::PresenceRead>> ||
                         std::is_same_v<Type, std::unique_ptr<core::HistoryRead>>) {
        give(std::move(*message));
    } else if (Connection* connection = find(message.client); connection != nullptr && connection->open()) {
        connection->session().on(std::move(message));
    }
}

// Encoded once, then one shared frame in each subscriber's queue.
void Edge::deliver(const core::Publication& publication, std::uint32_t subscribers) {
    Counts& counts = context_->counts;
    const Channel* channel = context_->channels.find(publication.channel);
    const std::size_t there = channel == nullptr ? 0 : channel->subscribers.size();
    counts.deliveries += subscribers;
    counts.unsent += subscribers - std::min<std::size_t>(there, subscribers);
    if (channel == nullptr) return;
    const PublicationJson encoded(publication);
    if (!encoded.valid()) {
        counts.undeliverable += there;
        return context_->log.warning("publication has no JSON form", {{"channel", publication.channel}});
    }
    context_->text.clear();
    json::append_publication_push(context_->text, publication.channel, encoded.view());
    const Content content{channel->id, context_->channels.hash_of(publication.key), publication.slow_reader,
                          publication.recoverable};
    FramePtr frame = Frame::make(Opcode::text, context_->text, content);

    // From the end: a subscriber that is closed for its full queue leaves the list, and the last takes its
    // place.
    for (std::size_t i = channel->subscribers.size(); i-- > 0;) {
        bool last_one = i == 0 && channel->subscribers.size() == 1;
        const Channel::Subscriber& each = channel->subscribers[i];
        hand(each, frame);
        if (last_one) return;  // the channel may be gone with it
    }
}

// Who has a gap has to come back for this one too.
void Edge::hand(const Channel::Subscriber& subscriber, const FramePtr& frame) {
    if (subscriber.gap == Gap::none) return subscriber.session->connection().send(frame);
    ++context_->counts.dropped[static_cast<std::size_t>(frame->content().policy)];
}

// As deliver(): encoded once.
void Edge::announce(const core::Announcement& announcement) {
    const Channel* channel = context_->channels.find(announcement.channel);
    if (channel == nullptr) return;
    const json::ClientInfo info = info_json(*announcement.info);
    context_->text.clear();
    if (announcement.left) {
        json::append_leave_push(context_->text, announcement.channel, info);
    } else {
        json::append_join_push(context_->text, announcement.channel, info);
    }
    Content content{.channel = channel->id, .policy = announcement.slow_reader};
    // It says nothing new of what a publication says, so neither takes the place of the other.
    if (content.policy == core::SlowReader::conflate) content.policy = core::SlowReader::drop_oldest;
    FramePtr frame = Frame::make(Opcode::text, context_->text, content);
    for (std::size_t i = channel->subscribers.size(); i-- > 0;) {
        bool last_one = i == 0 && channel->subscribers.size() == 1;
        const Channel::Subscriber& each = channel->subscribers[i];
        if (each.join_leave) {
            ++context_->counts.deliveries;
            hand(each, frame);
        }
        if (last_one) return;  // the channel may be gone with it
    }
}

bool Edge::flush_dirty() {
    if (context_->dirty.empty()) return false;
    flushing_.swap(context_->dirty);
    base::Steady slice_ends = context_->now + kFlushSlice;
    std::size_t done = 0;
    for (; done < flushing_.size(); ++done) {
        if (done % kFlushesBetweenLooks == kFlushesBetweenLooks - 1 && context_->clock.now() > slice_ends)
            break;
        flushing_[done]->flush();
    }
    // What is left goes first in the next turn, after the loop has read.
    context_->dirty.insert(context_->dirty.begin(), flushing_.begin() + static_cast<std::ptrdiff_t>(done),
                           flushing_.end());
    bool all = done == flushing_.size();
    flushing_.clear();
    if (!all) context_->want_turn();
    return all;
}

void Edge::shed(std::size_t bytes) {
    const std::size_t queued = context_->queued_bytes;
    shed_to(queued > bytes ? queued - bytes : 0, "memory is short");
}

// The largest queue goes first: first what may give way of it, and if that does not do for all, its client.
// What waits only because it has just come is nobody's fault: it is no queue of a client that does not read.
void Edge::shed_to(std::size_t bytes, std::string_view why) {
    if (context_->queued_bytes <= bytes) return;
    const std::size_t queued = context_->queued_bytes;
    const std::uint64_t closed = context_->counts.slow;
    const std::size_t enough = bytes - bytes / kRest;
    for (Connection* each : slow_clients()) {
        if (context_->queued_bytes <= enough) break;
        each->shed(context_->queued_bytes - enough);
    }
    if (context_->queued_bytes > bytes) {
        for (Connection* each : slow_clients()) {
            if (context_->queued_bytes <= bytes) break;
            each->close_slow(why);
        }
    }
    note_shed(why, queued - context_->queued_bytes, context_->counts.slow - closed);
}

// Once a second at the most; which clients it were core says.
void Edge::note_shed(std::string_view why, std::size_t bytes, std::uint64_t closed) {
    if (bytes == 0) return;
    shed_.bytes += bytes;
    shed_.closed += closed;
    if (context_->now - shed_.said_at < kShedLogEvery) return;
    context_->log.warning("slow readers gave way", {{"why", why}, {"bytes", shed_.bytes}, {"closed", shed_.closed}});
    shed_ = {context_->now, 0, 0};
}

// Those whose queues are the largest stand first.
std::vector<Connection*> Edge::slow_clients() const {
    std::vector<Connection*> slow;
    for (const Slot& slot : slots_) {
        Connection* each = slot.connection.get();
        if (each != nullptr && each->open() && each->blocked() && each->queued_bytes() >= kNoBurden)
            slow.push_back(each);
    }
    std::sort(slow.begin(), slow.end(), [](const Connection* a, const Connection* b) {
        return a->queued_bytes() > b->queued_bytes();
    });
    return slow;
}

bool Edge::bury() {
    if (context_->gone.empty()) return false;
    std::erase_if(context_->dirty, [](const Connection* connection) { return connection->gone(); });
    for (Connection* connection : context_->gone) {
        std::uint32_t index = connection->session().key().slot;
        slots_[index].connection.reset();
        free_slots_.push_back(index);
        --open_;
    }
    context_->gone.clear();
    return true;
}

void Edge::tick() {
    context_->now = context_->clock.now();
    listener_->tick(context_->now);
    context_->deadlines.advance(context_->now, [this](Deadline&& deadline) {
        Connection* connection = find({context_->index, deadline.slot, deadline.generation});
        if (connection != nullptr) connection->on_deadline(deadline.kind);
    });
}

void Edge::stop_accepting() {
    listener_->stop();
}

void Edge::close_unconnected() {
    for (Slot& slot : slots_) {
        if (slot.connection && !slot.connection->session().connected()) {
            slot.connection->close(static_cast<std::uint16_t>(wire::Close::shutdown), {});
        }
    }
}

}  // namespace fairlead::edge
