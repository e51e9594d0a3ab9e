// SPDX-License-Identifier: Apache-2.0
// RFC 6455 section 4.2 and RFC 9112: which requests are upgraded, and what the others are answered.
#include <algorithm>
#include <array>
#include <catch2/catch.hpp>

#include "client/client.h"
#include "client/stream.h"
#include "support/broker.h"

namespace fairlead::abuse {
namespace {

using client::Clock;
using client::HttpAnswer;

constexpr std::chrono::seconds kPatience{10};
const std::string kCanary = "canary-7f3a";

const client::Url& broker() {
    static const support::Broker process;
    static const client::Url url = *client::parse_url(process.websocket_url());
    return url;
}

/// What came back: the head, whether the server ended the connection, and the bytes behind the head.
struct Answer {
    int status = 0;  // 0 = none
    HttpAnswer head;
    std::string text;
    bool ended = false;
};

/// Sends the bytes, whole or one by one, and reads until the head is there; for a refusal until the end.
Answer ask(const std::string& request, bool single_bytes) {
    Answer answer;
    const auto deadline = Clock::now() + kPatience;
    auto stream = client::connect_tcp(broker().host, broker().port, deadline);
    REQUIRE(stream);
    const std::size_t step = single_bytes ? 1 : request.size();
    for (std::size_t at = 0; at < request.size(); at += step) {
        if (!(*stream)->write(std::string_view(request).substr(at, step), deadline)) break;
    }
    std::array<char, 4096> piece{};
    while (answer.status != 101) {
        const auto got = (*stream)->read(piece.data(), piece.size(), deadline);
        answer.ended = got && *got == 0;
        if (!got || answer.ended) break;
        answer.text.append(piece.data(), *got);
        if (answer.text.find("\r\n\r\n") == std::string::npos) continue;
        const auto head = client::parse_answer(answer.text);
        REQUIRE(head);
        answer.head = *head;
        answer.status = head->status;
    }
    return answer;
}

struct Row {
    std::string name;
    std::string request;
    std::vector<int> statuses;  // one of these
};

void check(const Row& row, bool single_bytes) {
    INFO(row.name << (single_bytes ? ", byte by byte" : ""));
    const Answer answer = ask(row.request, single_bytes);
    INFO("the answer: " << answer.text.substr(0, 300));
    CHECK(std::count(row.statuses.begin(), row.statuses.end(), answer.status) == 1);
    CHECK(answer.text.find(kCanary) == std::string::npos);
    CHECK(answer.head.header("Server").empty());
    if (answer.status != 101) {
        CHECK(answer.ended);
        return;
    }
    CHECK(answer.head.header("Sec-WebSocket-Accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    CHECK(answer.head.header("Sec-WebSocket-Extensions").empty());
}

void check_all(const std::vector<Row>& rows) {
    for (const Row& row : rows) {
        check(row, false);
        if (row.request.size() < 1024) check(row, true);
    }
}

/// A good request with parts of it changed.
struct Parts {
    std::string line = "GET /connection/websocket HTTP/1.1";
    std::string host = "Host: localhost\r\n";
    std::string upgrade = "Upgrade: websocket\r\n";
    std::string connection = "Connection: Upgrade\r\n";
    std::string key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    std::string version = "Sec-WebSocket-Version: 13\r\n";
    std::string more = {};

    std::string text() const {
        return line + "\r\n" + host + upgrade + connection + key + version + more + "\r\n";
    }
};

template <class Value>
std::string with(Value Parts::*part, const std::string& value) {
    Parts parts;
    parts.*part = value;
    return parts.text();
}

std::string header_lines(int count) {
    std::string out;
    for (int i = 0; i < count; ++i)
        out += "X-" + std::to_string(i) + ": 1\r\n";
    return out;
}

TEST_CASE("requests that are upgraded", "[handshake]") {
    check_all({
        {"the RFC's", Parts{}.text(), {101}},
        {"a query", with(&Parts::line, "GET /connection/websocket?format=json&x HTTP/1.1"), {101}},
        {"names in other case", with(&Parts::key, "SEC-websocket-kEY: dGhlIHNhbXBsZSBub25jZQ==\r\n"), {101}},
        {"Upgrade in other case", with(&Parts::upgrade, "Upgrade: WebSocket\r\n"), {101}},
        {"Connection in other case", with(&Parts::connection, "Connection: upgrade\r\n"), {101}},
        {"Connection as a list", with(&Parts::connection, "Connection: keep-alive, Upgrade\r\n"), {101}},
        {"space around a value", with(&Parts::version, "Sec-WebSocket-Version:  13 \t\r\n"), {101}},
        {"no space before a value", with(&Parts::version, "Sec-WebSocket-Version:13\r\n"), {101}},
        {"a host with a port", with(&Parts::host, "Host: localhost:8000\r\n"), {101}},
        {"headers of all kinds",
         with(&Parts::more, "X-A: \xc3\xa4\r\nCookie: a=b; " + kCanary + "\r\nX-Empty:\r\n"),
         {101}},
        {"as many lines as are allowed", with(&Parts::more, header_lines(64 - 5)), {101}},
        {"a head just under its limit",
         with(&Parts::more, "X-Pad: " + std::string(7900, 'x') + "\r\n"),
         {101}},
        {"a content length of 0", with(&Parts::more, "Content-Length: 0\r\n"), {101}},
        {"an extension is not taken",
         with(&Parts::more, "Sec-WebSocket-Extensions: permessage-deflate\r\n"),
         {101}},
        {"a page of this machine", with(&Parts::more, "Origin: http://localhost:3000\r\n"), {101}},
        {"an unknown subprotocol",
         with(&Parts::more, "Sec-WebSocket-Protocol: " + kCanary + "\r\n"),
         {101, 400}},
    });
}

TEST_CASE("T5: older versions are not spoken", "[handshake]") {
    std::vector<Row> rows;
    for (const char* version :
         {"0", "4", "7", "8", "12", "14", "25", "255", "13, 8", "+13", "013", "13a", "", "-13"}) {
        rows.push_back({"version '" + std::string(version) + "'",
                        with(&Parts::version, "Sec-WebSocket-Version: " + std::string(version) + "\r\n"),
                        {400, 426}});
    }
    const std::string hixie75 =
        "GET /connection/websocket HTTP/1.1\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\nHost: "
        "localhost\r\n"
        "Origin: http://localhost\r\n\r\n";
    const std::string hixie76 =
        "GET /connection/websocket HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key2: 12998 5 Y3 1  .P00\r\nSec-WebSocket-Protocol: sample\r\nUpgrade: WebSocket\r\n"
        "Sec-WebSocket-Key1: 4 @1  46546xW%0l 1 5\r\nOrigin: http://localhost\r\n\r\n^n:ds[4U";
    rows.push_back({"none", with(&Parts::version, ""), {400, 426}});
    rows.push_back({"Hixie 75", hixie75, {400, 426}});
    rows.push_back({"Hixie 76", hixie76, {400, 426}});
    check_all(rows);
    const Answer answer = ask(with(&Parts::version, "Sec-WebSocket-Version: 8\r\n"), false);
    CHECK(answer.head.header("Sec-WebSocket-Version") == "13");
}

TEST_CASE("T5: keys must be 16 bytes in base64", "[handshake]") {
    std::vector<Row> rows;
    for (const char* key :
         {"", "x", "dGhlIHNhbXBsZQ==", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQ",
          "dGhlIHNhbXBsZSBub25jZSBhbmQgbW9yZQ==", "dGhlIHNhbXBsZSBub25jZ!==", "dGhlIHNhbXBsZSBub25j ZQ=",
          "========================", "dGhlIHNhbXBsZSBub25jZQ==, x"}) {
        rows.push_back({"key '" + std::string(key) + "'",
                        with(&Parts::key, "Sec-WebSocket-Key: " + std::string(key) + "\r\n"),
                        {400}});
    }
    rows.push_back({"none", with(&Parts::key, ""), {400}});
    rows.push_back({"two", with(&Parts::key, Parts{}.key + Parts{}.key), {400}});
    check_all(rows);
}

TEST_CASE("T6: requests that are no upgrade", "[handshake]") {
    check_all({
        {"no Upgrade", with(&Parts::upgrade, ""), {400, 426}},
        {"another Upgrade", with(&Parts::upgrade, "Upgrade: h2c\r\n"), {400, 426}},
        {"an Upgrade that only begins so", with(&Parts::upgrade, "Upgrade: websockets\r\n"), {400, 426}},
        {"no Connection", with(&Parts::connection, ""), {400, 426}},
        {"a Connection that is kept", with(&Parts::connection, "Connection: keep-alive\r\n"), {400, 426}},
        {"a Connection that closes", with(&Parts::connection, "Connection: close\r\n"), {400, 426}},
        {"a plain GET", "GET /connection/websocket HTTP/1.1\r\nHost: localhost\r\n\r\n", {400, 426}},
        {"no Host", with(&Parts::host, ""), {400}},
        {"an empty Host", with(&Parts::host, "Host:\r\n"), {400}},
        {"POST", with(&Parts::line, "POST /connection/websocket HTTP/1.1"), {400, 405}},
        {"HEAD", with(&Parts::line, "HEAD /connection/websocket HTTP/1.1"), {400, 405}},
        {"PUT", with(&Parts::line, "PUT /connection/websocket HTTP/1.1"), {400, 405}},
        {"OPTIONS", with(&Parts::line, "OPTIONS /connection/websocket HTTP/1.1"), {400, 405}},
        {"get in small letters", with(&Parts::line, "get /connection/websocket HTTP/1.1"), {400, 405}},
        {"a method of our own", with(&Parts::line, kCanary + " /connection/websocket HTTP/1.1"), {400, 405}},
        {"the HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400, 405, 505}},
        {"HTTP/1.0", with(&Parts::line, "GET /connection/websocket HTTP/1.0"), {400, 426, 505}},
        {"HTTP/2.0", with(&Parts::line, "GET /connection/websocket HTTP/2.0"), {400, 505}},
        {"HTTP/0.9", "GET /connection/websocket\r\n\r\n", {400}},
        {"TLS on the plain port",
         std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11) + "\r\n\r\n",
         {400}},
    });
}

TEST_CASE("T6: targets", "[handshake]") {
    const auto line = [](const std::string& target) {
        return with(&Parts::line, "GET " + target + " HTTP/1.1");
    };
    check_all({
        {"the root", line("/"), {404}},
        {"another path", line("/" + kCanary), {404}},
        {"a longer path", line("/connection/websocket/"), {404}},
        {"a path below", line("/connection/websocket/x"), {404}},
        {"an encoded path", line("/connection/%77ebsocket"), {404}},
        {"dots", line("/connection/../connection/websocket"), {400, 404}},
        {"two slashes", line("//connection/websocket"), {400, 404}},
        {"other case", line("/Connection/WebSocket"), {404}},
        {"absolute form", line("http://localhost/connection/websocket"), {400, 404}},
        {"absolute form of another host", line("ws://example.org/connection/websocket"), {400, 404}},
        {"authority form", line("localhost:8000"), {400, 404}},
        {"asterisk form", line("*"), {400, 404}},
        {"a fragment", line("/connection/websocket#x"), {400, 404}},
        {"none", with(&Parts::line, "GET  HTTP/1.1"), {400}},
        {"a space in it", line("/connection/websocket x"), {400, 404}},
        {"a line that is too long", line("/connection/websocket?" + std::string(9000, 'x')), {400, 414, 431}},
    });
}

TEST_CASE("T6: headers that two readers could take differently", "[handshake]") {
    const std::string nul(1, '\0');
    std::string bare = Parts{}.text();
    bare.erase(std::remove(bare.begin(), bare.end(), '\r'), bare.end());
    check_all({
        {"bare line feeds", bare, {400}},
        {"one bare line feed", with(&Parts::upgrade, "Upgrade: websocket\n"), {400}},
        {"a bare carriage return in a value", with(&Parts::more, "X-A: a\rb\r\n"), {400}},
        {"a bare carriage return at a line's end", with(&Parts::more, "X-A: a\r\r\n"), {400}},
        {"a folded line", with(&Parts::more, "X-A: a\r\n b\r\n"), {400}},
        {"a folded line by a tab", with(&Parts::more, "X-A: a\r\n\tb\r\n"), {400}},
        {"a folded first line", with(&Parts::line, "GET /connection/websocket HTTP/1.1\r\n X: y"), {400}},
        {"NUL in a value", with(&Parts::more, "X-A: a" + nul + "b\r\n"), {400}},
        {"NUL in a name", with(&Parts::more, "X" + nul + "A: a\r\n"), {400}},
        {"NUL in the target", with(&Parts::line, "GET /connection/websocket" + nul + " HTTP/1.1"), {400}},
        {"a control byte in a value", with(&Parts::more, "X-A: a\x01\r\n"), {400}},
        {"DEL in a value", with(&Parts::more, "X-A: a\x7f\r\n"), {400}},
        {"a space before the colon", with(&Parts::host, "Host : localhost\r\n"), {400}},
        {"a space in a name", with(&Parts::more, "X A: a\r\n"), {400}},
        {"a name of other letters", with(&Parts::more, "X\xc3\xa4: a\r\n"), {400}},
        {"no name", with(&Parts::more, ": a\r\n"), {400}},
        {"no colon", with(&Parts::more, "X-A\r\n"), {400}},
        {"two Hosts", with(&Parts::host, "Host: localhost\r\nHost: localhost\r\n"), {400}},
        {"two Hosts in different case",
         with(&Parts::host, "Host: localhost\r\nhOST: example.org\r\n"),
         {400}},
        {"two Upgrades", with(&Parts::upgrade, "Upgrade: websocket\r\nUpgrade: websocket\r\n"), {400}},
        {"two versions",
         with(&Parts::version, "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Version: 8\r\n"),
         {400}},
        {"two Authorizations", with(&Parts::more, "Authorization: a\r\nAuthorization: b\r\n"), {400}},
        {"two Origins",
         with(&Parts::more, "Origin: http://localhost\r\nOrigin: http://localhost\r\n"),
         {400, 403}},
    });
}

TEST_CASE("T2, T4: bodies and size", "[handshake]") {
    check_all({
        {"a body", with(&Parts::more, "Content-Length: 5\r\n") + "hello", {400, 413}},
        {"a body of 30 MB that never comes", with(&Parts::more, "Content-Length: 30000000\r\n"), {400, 413}},
        {"a negative length", with(&Parts::more, "Content-Length: -1\r\n"), {400, 413}},
        {"a length that is no number", with(&Parts::more, "Content-Length: 0x0\r\n"), {400, 413}},
        {"two lengths", with(&Parts::more, "Content-Length: 0\r\nContent-Length: 5\r\n"), {400, 413}},
        {"chunks",
         with(&Parts::more, "Transfer-Encoding: chunked\r\n") + "5\r\nhello\r\n0\r\n\r\n",
         {400, 413}},
        {"chunks and a length",
         with(&Parts::more, "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n"),
         {400, 413}},
        {"one line too many", with(&Parts::more, header_lines(64 - 5 + 1)), {400, 431}},
        {"a thousand lines", with(&Parts::more, header_lines(1000)), {400, 431}},
        {"a head over its limit",
         with(&Parts::more, "X-Pad: " + std::string(8192, 'x') + "\r\n"),
         {400, 431}},
        {"an endless head",
         "GET /connection/websocket HTTP/1.1\r\nX-Pad: " + std::string(1'000'000, 'x'),
         {400, 431}},
        {"an endless first line", "GET /" + std::string(1'000'000, 'x'), {400, 414, 431}},
        {"a head over websocketpp's own limit",
         with(&Parts::more, "X-Pad: " + std::string(17000, 'x') + "\r\n"),
         {400, 431}},
    });
}

TEST_CASE("T1: pages of other Origins are kept out", "[handshake]") {
    std::vector<Row> rows;
    for (const char* origin :
         {"http://example.org", "https://localhost.example.org", "http://localhost.", "null", "",
          "http://127.0.0.1.example.org", "localhost", "file://", "http://localhost@example.org",
          "ftp://localhost", "http://localhost:3000/", "http://localhost:x"}) {
        rows.push_back({"Origin '" + std::string(origin) + "'",
                        with(&Parts::more, "Origin: " + std::string(origin) + "\r\n"),
                        {403}});
    }
    check_all(rows);
}

TEST_CASE("a subprotocol is selected only if it was offered and is spoken", "[handshake]") {
    const auto selected = [](const std::string& offered) {
        const Answer answer = ask(with(&Parts::more, "Sec-WebSocket-Protocol: " + offered + "\r\n"), false);
        CHECK(answer.status == 101);
        return std::string(answer.head.header("Sec-WebSocket-Protocol"));
    };
    CHECK(selected("centrifuge-json") == "centrifuge-json");
    CHECK(selected("unknown, centrifuge-json") == "centrifuge-json");
    CHECK(selected("centrifuge-json,unknown") == "centrifuge-json");
    CHECK(ask(Parts{}.text(), false).head.header("Sec-WebSocket-Protocol").empty());
}

TEST_CASE("frames may follow the request at once", "[handshake]") {
    const auto deadline = Clock::now() + kPatience;
    auto stream = client::connect_tcp(broker().host, broker().port, deadline);
    REQUIRE(stream);
    const std::string frame = client::client_frame(client::Opcode::text, R"({"connect":{},"id":1})");
    REQUIRE((*stream)->write(Parts{}.text() + frame, deadline));
    std::string text;
    std::array<char, 4096> piece{};
    while (text.find(R"({"id":1,"connect":)") == std::string::npos) {
        const auto got = (*stream)->read(piece.data(), piece.size(), deadline);
        INFO(text);
        REQUIRE(got);
        REQUIRE(*got > 0);
        text.append(piece.data(), *got);
    }
}

}  // namespace
}  // namespace fairlead::abuse
