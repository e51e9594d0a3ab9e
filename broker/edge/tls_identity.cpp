// SPDX-License-Identifier: Apache-2.0
#include "edge/tls_identity.h"

#include <stdexcept>
#include <utility>

#include "edge/pem_file.h"

namespace fairlead::edge {
namespace {

constexpr std::chrono::seconds kLookEvery{2};
constexpr std::int64_t kFewDays = 14;
constexpr std::chrono::hours kDay{24};

std::int64_t days_until(base::Wall when, base::Wall now) { return std::chrono::floor<std::chrono::hours>(when - now) / kDay; }

}  // namespace

TlsIdentity::TlsIdentity(const Options& options, const base::Clock& clock, base::Log& log)
    : options_(options), clock_(clock), log_(log), tickets_(clock) {
    std::string why;
    if (!reload(why)) throw std::runtime_error("no TLS: " + why);
}

std::shared_ptr<const TlsContext> TlsIdentity::current() const {
    std::lock_guard lock(mutex_);
    return current_;
}

bool TlsIdentity::reload(std::string& why) {
    // Taken before reading: what changes meanwhile is seen by the next look.
    seen_ = loaded_ = stamps();
    auto fresh = TlsContext::load(options_, tickets_, clock_.wall(), why);
    if (!fresh) return false;
    say(*fresh);
    std::lock_guard lock(mutex_);
    current_.swap(fresh);
    return true;
}

void TlsIdentity::say(const TlsContext& context) {
    const CertificateFacts& facts = context.certificate();
    std::int64_t days = days_until(facts.expires, clock_.wall());
    log_.info("certificate loaded", {{"subject", facts.subject}, {"names", facts.names}, {"days_left", days}});
    warn_at_ = clock_.now() + kDay;
    if (days < kFewDays) log_.warning("the certificate expires soon", {{"subject", facts.subject}, {"days_left", days}});
}

// Certificate and key are two files and change one after the other: they are read when a look finds nothing new.
void TlsIdentity::look() {
    base::Steady now = clock_.now();
    if (now < look_at_) return;
    look_at_ = now + kLookEvery;
    auto found = stamps();
    bool still = found == std::exchange(seen_, found);
    if (still && found != loaded_) {
        std::string why;
        if (!reload(why)) log_.error("certificate not changed, the old one stays", {{"why", why}});
    }
    if (now < warn_at_ || days_left() >= kFewDays) return;
    warn_at_ = now + kDay;
    log_.warning("the certificate expires soon", {{"days_left", days_left()}});
}

std::int64_t TlsIdentity::days_left() const { return days_until(current()->certificate().expires, clock_.wall()); }

std::vector<std::uint64_t> TlsIdentity::stamps() const {
    return {file_stamp(options_.tls_certificate_file), file_stamp(options_.tls_key_file),
            file_stamp(options_.tls_client_ca_file)};
}

std::string tls_fault(const Options& options, base::Wall now) {
    if (options.tls_certificate_file.empty()) return {};
    std::string why;
    base::SystemClock clock;
    TicketKeys tickets(clock);
    return TlsContext::load(options, tickets, now, why) ? std::string() : why;
}

}  // namespace fairlead::edge
