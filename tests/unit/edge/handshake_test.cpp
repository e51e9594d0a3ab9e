// SPDX-License-Identifier: Apache-2.0
#include "edge/handshake.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

using namespace fairlead::edge;

namespace {

const HandshakeRules kRules{"/connection/websocket", OriginList({"https://app.example"}), 8 * 1024, 64};

const std::string kLine = "GET /connection/websocket HTTP/1.1\r\n";
const std::string kHost = "Host: app.example\r\n";
const std::string kUpgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\n";
const std::string kVersion = "Sec-WebSocket-Version: 13\r\n";
const std::string kKey = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
const std::string kEnd = "\r\n";

std::string with(const std::string& more) { return kLine + kHost + kUpgrade + kVersion + kKey + more + kEnd; }

struct Row {
    std::string head;
    int status;
};

std::string lines(int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += "X-" + std::to_string(i) + ": y\r\n";
    return text;
}

}  // namespace

TEST_CASE("T5, T6: a head gets the status that it deserves", "[edge][handshake]") {
    const std::vector<Row> rows = {
        {with(""), 101},
        {with("Origin: https://app.example\r\n"), 101},
        {with("origin:https://APP.example\r\n"), 101},
        {with("Sec-WebSocket-Extensions: permessage-deflate\r\n"), 101},
        {with("Content-Length: 0\r\n"), 101},
        {with(lines(59)), 101},
        {"GET /connection/websocket?token=x&y HTTP/1.1\r\n" + kHost + kUpgrade + kVersion + kKey + kEnd, 101},
        {kLine + kHost + "upgrade: WebSocket\r\nconnection: keep-alive, upgrade\r\n" + kVersion + kKey + kEnd, 101},

        {with("Origin: https://evil.example\r\n"), 403},
        {with("Origin: null\r\n"), 403},
        {with("Origin:\r\n"), 403},
        {with("Origin: https://app.example\r\nOrigin: https://app.example\r\n"), 400},

        {"GET / HTTP/1.1\r\n" + kHost + kEnd, 404},
        {"GET /connection/websocket/ HTTP/1.1\r\n" + kHost + kEnd, 404},
        {"GET /connection%2fwebsocket HTTP/1.1\r\n" + kHost + kEnd, 404},
        {"POST /connection/websocket HTTP/1.1\r\n" + kHost + kUpgrade + kVersion + kKey + kEnd, 405},
        {"get /connection/websocket HTTP/1.1\r\n" + kHost + kEnd, 405},
        {"GET /connection/websocket HTTP/1.0\r\n" + kHost + kEnd, 505},
        {"GET /connection/websocket HTTP/2.0\r\n" + kHost + kEnd, 505},
        {"GET /connection/websocket\r\n" + kHost + kEnd, 400},
        {"GET  /connection/websocket HTTP/1.1\r\n" + kHost + kEnd, 400},
        {"GET http://app.example/connection/websocket HTTP/1.1\r\n" + kHost + kEnd, 400},
        {"\r\n", 400},
        {"\r\n\r\n", 400},

        {kLine + kUpgrade + kVersion + kKey + kEnd, 400},
        {kLine + kHost + kHost + kUpgrade + kVersion + kKey + kEnd, 400},
        {kLine + "Host:\r\n" + kUpgrade + kVersion + kKey + kEnd, 400},
        {with("Upgrade: websocket\r\n"), 400},
        {with(kVersion), 400},
        {with(kKey), 400},
        {with("Authorization: a\r\nAuthorization: b\r\n"), 400},
        {kLine + kHost + kVersion + kKey + kEnd, 426},
        {kLine + kHost + "Upgrade: h2c\r\nConnection: Upgrade\r\n" + kVersion + kKey + kEnd, 426},
        {kLine + kHost + "Upgrade: websocket\r\nConnection: close\r\n" + kVersion + kKey + kEnd, 400},
        {kLine + kHost + "Upgrade: websocket\r\n" + kVersion + kKey + kEnd, 400},

        {kLine + kHost + kUpgrade + kKey + kEnd, 426},
        {kLine + kHost + kUpgrade + "Sec-WebSocket-Version: 0\r\n" + kKey + kEnd, 426},
        {kLine + kHost + kUpgrade + "Sec-WebSocket-Version: 7\r\n" + kKey + kEnd, 426},
        {kLine + kHost + kUpgrade + "Sec-WebSocket-Version: 8\r\n" + kKey + kEnd, 426},
        {kLine + kHost + kUpgrade + "Sec-WebSocket-Version: 12\r\n" + kKey + kEnd, 426},
        {kLine + kHost + kUpgrade + "Sec-WebSocket-Version: 14\r\n" + kKey + kEnd, 426},
        {kLine + kHost + kUpgrade + "Sec-WebSocket-Version: 13, 8\r\n" + kKey + kEnd, 426},
        {kLine + kHost + kUpgrade + "Sec-WebSocket-Version: 013\r\n" + kKey + kEnd, 426},
        {kLine + kHost + kUpgrade + "Sec-WebSocket-Key1: 4 @1  46546xW%0l 1 5\r\n" + kEnd, 426},  // Hixie-76

        {kLine + kHost + kUpgrade + kVersion + kEnd, 400},
        {kLine + kHost + kUpgrade + kVersion + "Sec-WebSocket-Key: short\r\n" + kEnd, 400},
        {kLine + kHost + kUpgrade + kVersion + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ===\r\n" + kEnd, 400},
        {kLine + kHost + kUpgrade + kVersion + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQAA\r\n" + kEnd, 400},
        {kLine + kHost + kUpgrade + kVersion + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j Q==\r\n" + kEnd, 400},

        {with("Content-Length: 5\r\n"), 413},
        {with("Content-Length: 00\r\n"), 413},
        {with("Transfer-Encoding: chunked\r\n"), 413},
        {with(lines(60)), 431},
        {with("X: " + std::string(9000, 'x') + "\r\n"), 431},
        {with("X: a\r\n folded\r\n"), 400},
        {with("X : space before colon\r\n"), 400},
        {with("no colon\r\n"), 400},
        {with(": no name\r\n"), 400},
        {with("X: bare\nlinefeed\r\n"), 400},
        {with("X: bare\rreturn\r\n"), 400},
        {with(std::string("X: n\0l\r\n", 8)), 400},
        {with("X: \x7f\r\n"), 400},
        {with("X\x01: y\r\n"), 400},
    };
    for (const Row& row : rows) {
        CAPTURE(row.head);
        CHECK(judge_handshake(row.head, kRules).status == row.status);
    }
    CHECK(rows.size() >= 60);
}

TEST_CASE("the first offered subprotocol of ours is selected", "[edge][handshake]") {
    struct Offer {
        std::string offered;
        std::string selected;
    };
    const Offer offers[] = {
        {"", ""},
        {"centrifuge-json", "centrifuge-json"},
        {"mqtt, centrifuge-json", "centrifuge-json"},
        {"mqtt", ""},
        {"centrifuge-jsonx", ""},
        {"Centrifuge-JSON", ""},
        {",,", ""},
    };
    for (const Offer& offer : offers) {
        CAPTURE(offer.offered);
        std::string head = with(offer.offered.empty() ? "" : "Sec-WebSocket-Protocol: " + offer.offered + "\r\n");
        CHECK(judge_handshake(head, kRules).subprotocol == offer.selected);
    }
}

TEST_CASE("T2: an incomplete head is waited for unless it can only become wrong", "[edge][handshake]") {
    CHECK(find_head_end(kLine + kHost) == std::string_view::npos);
    CHECK(find_head_end(with("") + "frames") == with("").size());
    CHECK_FALSE(is_hopeless(kLine + "Ho"));
    CHECK(is_hopeless("GET / HTTP/1.1\n"));
    CHECK(is_hopeless(std::string("GET /\0", 6)));
}

TEST_CASE("T6: no header of the request comes back in a refusal", "[edge][handshake]") {
    Handshake bad = judge_handshake(with("Origin: https://canary.evil\r\n"), kRules);
    CHECK(http_refusal(bad.status, bad.why).find("canary") == std::string::npos);
}
