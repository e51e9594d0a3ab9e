// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "client/stream.h"
#include "client/stream_tls.h"

namespace fairlead::support {

/// A connection to which the test itself gives each byte; nothing is said that the test does not say.
/// Threads: one at a time.
class Raw {
public:
    /// TCP to the host and port of `ws://`, `wss://` or `tcp://`. Throws when it does not connect.
    explicit Raw(const std::string& url);
    /// The same, and TLS. Throws when the handshake fails.
    Raw(const std::string& url, const client::TlsOptions& tls);

    /// False when the other side has ended the connection, or takes nothing.
    bool send(std::string_view bytes);
    /// Waits until the other side ends the connection; what it says before is passed over.
    bool ends();
    /// What it says until this text or its end.
    std::string hear(std::string_view until);

private:
    std::unique_ptr<client::Stream> stream_;
};

/// A good request to upgrade, up to the end of its last header line: `\r\n` behind it ends it.
std::string begun_upgrade(const std::string& url);

}  // namespace fairlead::support
