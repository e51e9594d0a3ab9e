// SPDX-License-Identifier: Apache-2.0
#include "backplane/zap.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>

#include "backplane/listener.h"
#include "base/curve_key.h"

namespace fairlead::backplane {
namespace {

constexpr const char* kAddress = "inproc://zeromq.zap.01";

// The parts of a question, as RFC 27 has them.
enum Field : std::size_t { version, request_id, domain, address, identity, mechanism, credentials, kFields };

zmq::socket_t open(zmq::context_t& context) {
    zmq::socket_t socket(context, zmq::socket_type::rep);
    socket.set(zmq::sockopt::linger, 0);
    socket.bind(kAddress);
    return socket;
}

}  // namespace

Zap::Zap(asio::io_context& io, zmq::context_t& context, Parts& parts, std::function<void()> want_turn)
    : parts_(parts),
      socket_(open(context)),
      watch_(io, static_cast<int>(socket_.get(zmq::sockopt::fd)), std::move(want_turn)) {
    watch_.wait();
}

void Zap::answer() {
    while (receive())
        answer_one();
    watch_.wait();
}

/// One whole question; false if there is none.
bool Zap::receive() {
    question_.clear();
    for (;;) {
        zmq::message_t part;
        if (zmq_msg_recv(part.handle(), socket_.handle(), ZMQ_DONTWAIT) < 0) {
            if (errno == EINTR) continue;
            if (errno == EAGAIN) return false;
            throw zmq::error_t();
        }
        const bool more = part.more();
        question_.push_back(std::move(part));
        if (!more) return true;
    }
}

std::string_view Zap::field(std::size_t index) const {
    return index < question_.size() ? question_[index].to_string_view() : std::string_view();
}

void Zap::answer_one() {
    const bool ours = question_.size() == kFields && field(version) == "1.0" && field(domain) == kZapDomain &&
                      field(mechanism) == "CURVE" && field(credentials).size() == base::kKeyBytes;
    std::string key;
    if (ours) {
        std::array<unsigned char, base::kKeyBytes> bytes{};
        std::copy_n(question_[credentials].data<unsigned char>(), bytes.size(), bytes.begin());
        key = base::public_key_text(bytes);
    }
    const bool known = ours && parts_.services.find(key) != nullptr;
    if (!known) log_refusal(key);
    const std::array<std::string_view, 6> reply{"1.0",
                                                field(request_id),
                                                known ? "200" : "400",
                                                known ? "OK" : "unknown key",
                                                known ? std::string_view(key) : std::string_view(),
                                                ""};
    for (std::size_t i = 0; i < reply.size(); ++i) {
        const auto flags = i + 1 < reply.size() ? zmq::send_flags::sndmore : zmq::send_flags::none;
        static_cast<void>(socket_.send(zmq::buffer(reply[i]), flags | zmq::send_flags::dontwait));
    }
}

void Zap::log_refusal(std::string_view key) {
    ++parts_.counts.keys_refused;
    if (auto kept_back = refusal_limit_.pass(parts_.clock.now())) {
        parts_.log.warning("a peer was refused: no service has its key",
                           {{"key", key}, {"address", field(address)}, {"not_logged", *kept_back}});
    }
}

}  // namespace fairlead::backplane
