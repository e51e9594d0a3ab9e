// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <asio/io_context.hpp>
#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/mailbox.h"
#include "core/from_edge.h"
#include "core/ports.h"
#include "edge/address.h"
#include "edge/admission.h"
#include "edge/channels.h"
#include "edge/frame.h"
#include "edge/options.h"
#include "edge/tls_identity.h"

namespace fairlead::edge {

class Connection;
class Listener;
struct Context;
struct Counts;

/// What all edge threads have in common; outlives them.
struct Shared {
    /// Throws std::invalid_argument for an origin that is none. `threads` is the number of edge threads there
    /// will be. With `tls` clients connect with TLS only.
    Shared(const Options& options, std::string version, std::size_t max_clients, unsigned threads,
           std::unique_ptr<TlsIdentity> tls = nullptr);

    const Options options;  ///< as at the start
    const std::string version;
    const unsigned threads;
    const std::unique_ptr<TlsIdentity> tls;  ///< none: clients connect without TLS
    Admission admission;
};

/// One edge thread: its listener, its connections, its channels. Core reaches it through its mailbox only.
/// Threads: post(), has_room() and deliveries(), core's; all else the io_context's.
class Edge final : public core::EdgePort {
public:
    struct Outside {
        base::Clock& clock;
        base::Log& log;
        const core::TokenVerifier& tokens;
        core::Random& random;
        base::Mailbox<core::FromEdge>& core;
        std::function<void()> want_turn;  ///< asks this thread's loop for on_turn(). Called from any thread.
    };

    /// Listens at once, at `address`; `joins` says that another edge of this process has that address
    /// already. Throws std::runtime_error when it cannot.
    Edge(asio::io_context& io, core::EdgeIndex index, Shared& shared, const std::string& address, bool joins,
         Outside outside);
    ~Edge() override;

    void post(core::ToEdge&& message) override;
    bool has_room() const override;
    core::Deliveries deliveries() const override;

    /// The end of a turn: takes what core has posted, writes what is queued, and buries connections. True if
    /// there was anything; the loop calls again until there is nothing or it has other work.
    bool on_turn();
    /// Every 10 ms.
    void tick();

    /// Takes over other options; limits that a connection got at its start stay its own. Those that lie in
    /// sockets, threads and shared counts have no effect (config's table marks them). Throws
    /// std::invalid_argument for an origin that is none.
    void reload(const Options& options);

    /// Until so many bytes less wait for clients, or none: drops data that may be dropped, then closes the
    /// clients that read least.
    void shed(std::size_t bytes);

    /// Takes no more connections. Those that are stay.
    void stop_accepting();
    /// Ends what core does not know: connections without a connect command.
    void close_unconnected();
    bool empty() const noexcept { return open_ == 0; }

    /// host:port as bound.
    const std::string& address() const noexcept;
    std::size_t clients() const noexcept { return open_; }
    /// Threads: any.
    const Counts& counts() const noexcept;

private:
    struct Slot {
        std::unique_ptr<Connection> connection;
        std::uint32_t generation = 0;
    };

    void accept(int descriptor, const sockaddr_storage& peer);
    Connection* find(const core::ClientKey& key);
    void take(core::ToEdge&& message);
    template <typename Message>
    void give(Message&& message);
    void deliver(const core::Publication& publication, std::uint32_t subscribers);
    void hand(const Channel::Subscriber& subscriber, const FramePtr& frame);
    void announce(const core::Announcement& announcement);
    bool flush_dirty();
    void shed_to(std::size_t bytes, std::string_view why);
    std::vector<Connection*> slow_clients() const;
    void note_shed(std::string_view why, std::size_t bytes, std::uint64_t closed);
    bool bury();

    std::unique_ptr<Context> context_;
    std::unique_ptr<Listener> listener_;
    base::Mailbox<core::ToEdge> mailbox_;
    std::atomic<std::size_t> coming_bytes_{0};  // payloads in the mailbox
    std::vector<Slot> slots_;
    std::vector<std::uint32_t> free_slots_;
    std::vector<Connection*> flushing_;
    struct Shed {
        base::Steady said_at{};
        std::size_t bytes = 0;  // since then
        std::uint64_t closed = 0;
    } shed_;
    std::size_t open_ = 0;
};

}  // namespace fairlead::edge
