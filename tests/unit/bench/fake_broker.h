// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "client/descriptor.h"
#include "client/url.h"

namespace fairlead::bench::test {

/// Enough of a broker for a benchmark: upgrades, answers connect and subscribe, hands publications to all
/// subscribers and requests back; each of them through a function that may spoil it. A thread a connection.
class FakeBroker {
public:
    /// Gets the reply or push that would go to a subscriber or caller and says what goes instead; "" =
    /// nothing.
    using Spoil = std::function<std::string(std::size_t connection, std::string_view line)>;

    explicit FakeBroker(Spoil spoil = {});
    ~FakeBroker();

    client::Url url() const;

private:
    struct Peer {
        client::Descriptor fd;
        bool subscribed = false;
    };

    void accept();
    void serve(std::size_t index);
    void handle(std::size_t index, std::string_view line);
    void say(std::size_t index, std::string_view line);
    void say_spoiled(std::size_t index, const std::string& line);

    Spoil spoil_;
    client::Descriptor listener_;
    std::uint16_t port_ = 0;
    std::mutex mutex_;  // of what the peers are and what is said to them
    std::vector<std::unique_ptr<Peer>> peers_;
    std::vector<std::thread> threads_;
    std::thread acceptor_;
};

}  // namespace fairlead::bench::test
