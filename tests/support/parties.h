// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fairlead/fairlead.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "client/client.h"
#include "support/broker.h"
#include "support/inbox.h"

/// Both sides of a broker, in the words of a test. Threads: each function any.
namespace fairlead::support {

/// Options of a broker with so many edge threads, and `more`: {"client.anonymous=false"}.
std::vector<std::string> with_threads(int threads, const std::vector<std::string>& more = {});

/// Options of a service behind this broker; lines of its log go to `log`, or nowhere.
ServiceOptions behind(const Broker& broker, Inbox<std::string>* log = nullptr);

/// Starts it and waits until the broker has taken it; throws what the broker says otherwise.
void join(Service& service);

/// A client in the broker; throws if it does not get in.
client::Client enter(const Broker& broker, client::ClientOptions options = {});

/// What a command ended with: `data` for a success (its JSON text), else the error. `code` -1 = the
/// connection failed, `message` says how.
struct Outcome {
    std::int64_t code = 0;
    std::string message;
    bool temporary = false;
    std::string data;
};

Outcome outcome_of(const client::Result<client::Reply>& reply);
Outcome ask(client::Client& client, std::string_view topic, std::string_view data);
/// The second half of it: begin() must have begun an rpc.
std::uint32_t begin_asking(client::Client& client, std::string_view topic, std::string_view data);
Outcome hear(client::Client& client, std::uint32_t id);

/// Subscribes, or throws what the broker says.
void subscribe(client::Client& client, std::string_view channel);

/// The next push, whatever it is: `channel` and the publication's data, or of another push its JSON text.
struct Heard {
    std::string channel;
    std::string data;
    std::string text;  // the whole push; of a failure, the reason
};
Heard next(client::Client& client);

/// The port of "ws://127.0.0.1:34567/path" or "tcp://127.0.0.1:34568".
std::string port_of(const std::string& address);

}  // namespace fairlead::support
