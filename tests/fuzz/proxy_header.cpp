// SPDX-License-Identifier: Apache-2.0
// The first bytes of a connection behind a load balancer, then a line of X-Forwarded-For. However the bytes come, the
// header's end and its client are the same, and no more is ever asked for than its limit.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "edge/forwarded.h"
#include "edge/proxy_header.h"

namespace {

using namespace fairlead::edge;

void require(bool truth) {
    if (!truth) std::abort();
}

ProxyHeader read_exactly(std::string_view bytes) {
    ProxyHeader header = parse_proxy_header({});
    std::size_t have = 0;
    while (header.state == ProxyHeader::State::incomplete) {
        require(header.size > have && header.size <= ProxyHeader::kMaxBytes);
        if (header.size > bytes.size()) break;
        have = header.size;
        header = parse_proxy_header(bytes.substr(0, have));
    }
    return header;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const ProxyHeader whole = parse_proxy_header(bytes);
    if (whole.state == ProxyHeader::State::complete) {
        const ProxyHeader exact = read_exactly(bytes);
        require(exact.state == whole.state && exact.size == whole.size && exact.source == whole.source);
        require(whole.size <= size && whole.size <= ProxyHeader::kMaxBytes);
    }
    static const Networks trusted({"10.0.0.0/8", "::/1"});
    const IpAddress peer = *parse_ip("10.0.0.1");
    const std::string_view forwarded = bytes.substr(whole.state == ProxyHeader::State::complete ? whole.size : 0);
    const IpAddress client = client_behind(peer, forwarded, trusted);
    require(client == peer || forwarded.find_first_of(".:") != std::string_view::npos);
    require(client_behind(*parse_ip("192.0.2.1"), forwarded, trusted) == *parse_ip("192.0.2.1"));
    return 0;
}
