// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "client/stream.h"

namespace fairlead::client {

/// How a `wss://` address is trusted, and who we are to it.
struct TlsOptions {
    std::string ca_file;           // PEM; empty = the system's authorities
    bool insecure_skip_verify = false;  // takes any certificate of anybody
    std::string certificate_file;  // PEM; of ours, for brokers that ask for one
    std::string key_file;
};

/// TLS over a connected stream of TCP, done shaking hands; the peer's certificate was verified for `host`, a name
/// or an address.
Result<std::unique_ptr<Stream>> begin_tls(Descriptor socket, const std::string& host, const TlsOptions& options,
                                          Deadline deadline);

}  // namespace fairlead::client
