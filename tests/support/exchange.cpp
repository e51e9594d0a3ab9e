// SPDX-License-Identifier: Apache-2.0
#include "support/exchange.h"

#include <algorithm>
#include <chrono>
#include <iterator>

#include "client/websocket.h"

namespace fairlead::support {

namespace {

using client::Event;
using client::Fault;
using client::WebSocket;

constexpr std::chrono::seconds kPatience{10};
constexpr std::string_view kOpening =
    "{\"connect\":{},\"id\":1}\n{\"subscribe\":{\"channel\":\"echo\"},\"id\":2}";
constexpr std::string_view kProbe = R"({"unsubscribe":{"channel":"probe"},"id":4000000000})";
constexpr std::string_view kProbeReply = R"({"id":4000000000,"unsubscribe":{}})";

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t start = 0; start <= text.size();) {
        const std::size_t end = std::min(text.find('\n', start), text.size());
        lines.push_back(text.substr(start, end - start));
        start = end + 1;
    }
    return lines;
}

// What the server said, until the probe's reply, a close frame or a fault.
struct Heard {
    std::vector<std::string> says;
    bool probe_answered = false;
    int close_code = 0;  // 0 = none
    std::string fault;
};

void note(const Event& event, Heard& heard) {
    if (event.kind == Event::Kind::close) heard.close_code = event.close_code;
    if (event.kind == Event::Kind::pong) heard.says.push_back("pong " + event.payload);
    if (event.kind == Event::Kind::ping) heard.fault = "a ping frame";
    if (event.kind == Event::Kind::binary) heard.fault = "a binary message";
    if (event.kind != Event::Kind::text) return;
    for (auto& line : lines_of(event.payload)) {
        if (line == kProbeReply) {
            heard.probe_answered = true;
        } else {
            heard.says.push_back(std::move(line));
        }
    }
}

Heard listen(WebSocket& socket) {
    Heard heard;
    while (!heard.probe_answered && heard.close_code == 0 && heard.fault.empty()) {
        const auto event = socket.receive(kPatience);
        if (event) {
            note(*event, heard);
        } else {
            heard.fault = event.error().text;
        }
    }
    return heard;
}

bool become_subscriber(WebSocket& socket) {
    if (!socket.send_text(kOpening)) return false;
    std::size_t replies = 0;
    while (replies < 2) {
        const auto event = socket.receive(kPatience);
        if (!event || event->kind != Event::Kind::text || event->payload.find("error") != std::string::npos)
            return false;
        replies += lines_of(event->payload).size();
    }
    return true;
}

// A server that has closed may refuse the rest of the bytes; what it said shows in what follows.
void send(WebSocket& socket, std::string_view bytes, Pieces pieces) {
    if (pieces == Pieces::whole) {
        (void)socket.send_raw(bytes);
        return;
    }
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (!socket.send_raw(bytes.substr(i, 1))) return;
    }
}

std::string shown(const Heard& heard) {
    std::string out;
    for (const auto& line : heard.says)
        out += "\n  said " + line.substr(0, 200);
    if (heard.close_code != 0) out += "\n  closed " + std::to_string(heard.close_code);
    if (heard.probe_answered) out += "\n  lived on";
    if (!heard.fault.empty()) out += "\n  fault: " + heard.fault;
    return out;
}

bool is_pong(const std::string& said) {
    return said.rfind("pong ", 0) == 0;
}

// Whether what was said are the pieces that were wanted, in order; `cut`: or only the first of them.
bool agree(const std::vector<std::string>& said, const std::vector<std::string>& wanted, bool cut) {
    if (cut ? said.size() > wanted.size() : said.size() != wanted.size()) return false;
    return std::equal(said.begin(), said.end(), wanted.begin(), [](const auto& line, const auto& piece) {
        return line.find(piece) != std::string::npos;
    });
}

// Replies come when core has made them, pongs at once, so each kind has an order of its own.
bool right_words(const Heard& heard, const FrameCase& row) {
    const auto part = [](const std::vector<std::string>& all, bool pongs) {
        std::vector<std::string> some;
        std::copy_if(all.begin(), all.end(), std::back_inserter(some),
                     [&](const auto& line) { return is_pong(line) == pongs; });
        return some;
    };
    const bool closes = !row.closes.empty();
    return agree(part(heard.says, true), part(row.says, true), false) &&
           agree(part(heard.says, false), part(row.says, false), closes);
}

std::string judge(const Heard& heard, const FrameCase& row) {
    const bool lives = row.closes.empty();
    const bool right_end =
        lives ? heard.probe_answered
              : std::find(row.closes.begin(), row.closes.end(), heard.close_code) != row.closes.end();
    if (right_end && right_words(heard, row) && heard.fault.empty()) return {};
    std::string wanted = lives ? "wanted life" : "wanted close";
    for (const auto code : row.closes)
        wanted += " " + std::to_string(code);
    for (const auto& line : row.says)
        wanted += "\n  and " + line;
    return wanted + ", but the server" + shown(heard);
}

// After both close frames the server ends the connection.
std::string await_end(WebSocket& socket) {
    const auto event = socket.receive(kPatience);
    if (event) return "the server went on after its close frame";
    return event.error().fault == Fault::closed ? std::string()
                                                : "after the close frames: " + event.error().text;
}

}  // namespace

std::string play(std::string_view url, const FrameCase& row, Pieces pieces) {
    client::WebSocketOptions options;
    options.answers_pings = false;
    auto socket = WebSocket::open(url, options);
    if (!socket) return "no connection: " + socket.error().text;
    if (!become_subscriber(*socket)) return "connect and subscribe were not answered rightly";
    send(*socket, row.bytes, pieces);
    if (row.closes.empty()) (void)socket->send_text(kProbe);
    const Heard heard = listen(*socket);
    if (auto violation = judge(heard, row); !violation.empty() || heard.close_code == 0) return violation;
    (void)socket->send_close(1000, {});  // a second one where the case sent the first; nobody reads it then
    return await_end(*socket);
}

}  // namespace fairlead::support
