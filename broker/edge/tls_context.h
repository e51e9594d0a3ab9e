// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "edge/options.h"

struct ssl_ctx_st;

namespace fairlead::edge {

class TicketKeys;

/// What a certificate says of itself, for the log.
struct CertificateFacts {
    std::string subject;
    std::string names;
    base::Wall expires;
};

/// One certificate with its key and the rules of TLS: 1.2 and 1.3, ephemeral keys and authenticated encryption only,
/// the server's order, no renegotiation, no compression, tickets but no session store. Shared by all connections that
/// came while it was in force; they keep what they need of it.
/// Threads: any.
class TlsContext {
public:
    /// Reads the files. None: `why` says, for people, what is wrong. `tickets` must outlive all connections.
    static std::shared_ptr<const TlsContext> load(const Options& options, TicketKeys& tickets, base::Wall now,
                                                  std::string& why);
    TlsContext(const TlsContext&) = delete;
    TlsContext& operator=(const TlsContext&) = delete;
    ~TlsContext();

    ssl_ctx_st* get() const noexcept { return context_; }
    const CertificateFacts& certificate() const noexcept { return certificate_; }

private:
    TlsContext(ssl_ctx_st* context, CertificateFacts certificate) noexcept
        : context_(context), certificate_(std::move(certificate)) {}

    ssl_ctx_st* context_;
    CertificateFacts certificate_;
};

}  // namespace fairlead::edge
