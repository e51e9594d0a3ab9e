// SPDX-License-Identifier: Apache-2.0
#include "bench/request.h"

#include "bench/digits.h"
#include "client/json.h"

namespace fairlead::bench {
namespace {

using client::Error;
using client::Fault;
using std::chrono::milliseconds;

constexpr std::string_view kId = R"({"id":)";
constexpr std::string_view kResult = R"(,"rpc":)";
constexpr std::string_view kText = R"("n":")";
constexpr milliseconds kStall{10000};

std::string padded_data(std::size_t bytes) {
    const std::string digits(kDigits, '0');
    const std::string head = R"({"n":")" + digits + "-" + digits + R"(","p":")";
    const std::size_t rest = head.size() + 2;
    return head + std::string(bytes > rest ? bytes - rest : 0, 'x') + "\"}";
}

}  // namespace

Request::Request(const RequestOptions& options)
    : options_(options), slots_(options.clients * options.in_flight) {
    command_ = R"({"rpc":{"method":)" + client::quoted(options_.topic) + R"(,"data":)" +
               padded_data(options_.payload_bytes) + R"(},"id":)" + std::string(kDigits, '0') + "}";
    client_at_ = command_.find(kText) + kText.size();
    number_at_ = client_at_ + kDigits + 1;
    id_at_ = command_.size() - 1 - kDigits;
}

Result<void> Request::prepare(const client::Url& url, milliseconds timeout) {
    return gather(url, options_.clients, timeout);
}

Result<RequestRound> Request::run(milliseconds duration) {
    RequestRound round;
    round_ = &round;
    asking_ = true;
    const Deadline start = Clock::now();
    for (std::size_t i = 0; i < slots_.size(); ++i)
        ask(i / options_.in_flight, i % options_.in_flight);
    Deadline moved = start;
    std::uint64_t before = 0;
    for (Deadline now = start; outstanding_ > 0; now = Clock::now()) {
        asking_ = now < start + duration;
        swarm().turn(milliseconds(100));
        if (!fault().empty()) return Error{Fault::malformed, fault()};
        if (round.replies != before) moved = now;
        before = round.replies;
        if (now - moved > kStall) {
            return Error{Fault::timeout, std::to_string(outstanding_) + " requests have no outcome"};
        }
    }
    round.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    round_ = nullptr;
    return round;
}

void Request::ask(std::size_t connection, std::size_t index) {
    Slot& slot = slots_[connection * options_.in_flight + index];
    ++slot.number;
    slot.outstanding = true;
    slot.asked_at = Clock::now();
    ++outstanding_;
    // The id says the slot, so that a reply needs no search.
    const std::uint64_t id = kFirstId + (slot.number * options_.in_flight + index) % kIdRange;
    write_digits(command_, client_at_, connection);
    write_digits(command_, number_at_, slot.number);
    write_digits(command_, id_at_, id);
    swarm().send(connection, client::Swarm::text_frame(command_));
}

void Request::replied(std::size_t connection, std::string_view reply) {
    const auto id = reply.substr(0, kId.size()) == kId ? read_digits(reply.substr(kId.size())) : std::nullopt;
    if (!id || reply.substr(kId.size() + kDigits, kResult.size()) != kResult) return fail(reply);
    const std::size_t index = (*id - kFirstId) % options_.in_flight;
    Slot& slot = slots_[connection * options_.in_flight + index];
    const std::size_t at = reply.find(kText);
    const std::string_view text = at == std::string_view::npos ? reply : reply.substr(at + kText.size());
    const bool is_ours = slot.outstanding && read_digits(text) == connection && text.size() > kDigits &&
                         read_digits(text.substr(kDigits + 1)) == slot.number;
    if (!is_ours)
        return fail("client " + std::to_string(connection) +
                    " got a reply not its own: " + std::string(reply));
    slot.outstanding = false;
    --outstanding_;
    ++round_->replies;
    round_->delays_ms.push_back(
        std::chrono::duration<float, std::milli>(Clock::now() - slot.asked_at).count());
    if (asking_) ask(connection, index);
}

}  // namespace fairlead::bench
