// SPDX-License-Identifier: Apache-2.0
#include "client/handshake.h"

#include <catch2/catch.hpp>

namespace fairlead::client {
namespace {

const std::string kKey = "dGhlIHNhbXBsZSBub25jZQ==";

std::string good_answer(const std::string& extra = {}) {
    return "HTTP/1.1 101 Switching Protocols\r\nupgrade: WebSocket\r\nConnection:  Upgrade \r\n"
           "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" +
           extra + "\r\n";
}

Result<std::string> check(const std::string& bytes, const HandshakeRequest& request) {
    const auto answer = parse_answer(bytes);
    REQUIRE(answer);
    return check_answer(*answer, request);
}

TEST_CASE("the accept value is the RFC's own example", "[handshake]") {
    CHECK(accept_of(kKey) == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    CHECK(new_key().size() == 24);
    CHECK(new_key() != new_key());
}

TEST_CASE("the request carries what was asked", "[handshake]") {
    const HandshakeRequest request{kKey, "http://localhost", {"centrifuge-json", "x"}, {{"X-A", "1"}}};
    const std::string text = encode_request(*parse_url("ws://h:8000/p?q"), request);
    CHECK(text.find("GET /p?q HTTP/1.1\r\nHost: h:8000\r\n") == 0);
    CHECK(text.find("\r\nOrigin: http://localhost\r\n") != std::string::npos);
    CHECK(text.find("\r\nSec-WebSocket-Protocol: centrifuge-json, x\r\n") != std::string::npos);
    CHECK(text.find("\r\nX-A: 1\r\n\r\n") != std::string::npos);
    const std::string plain = encode_request(*parse_url("ws://h"), {kKey, {}, {}, {}});
    CHECK(plain.find("Origin") == std::string::npos);
    CHECK(plain.find("Protocol") == std::string::npos);
}

TEST_CASE("a right answer is accepted and its body found", "[handshake]") {
    const HandshakeRequest request{kKey, {}, {"a", "b"}, {}};
    CHECK(*check(good_answer(), request) == "");
    CHECK(*check(good_answer("Sec-WebSocket-Protocol: b\r\n"), request) == "b");
    CHECK(parse_answer(good_answer() + "rest")->head_bytes == good_answer().size());
}

TEST_CASE("wrong answers are refused", "[handshake]") {
    const HandshakeRequest request{kKey, {}, {"a"}, {}};
    const auto refused = check("HTTP/1.1 403 Forbidden\r\n\r\n", request);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().fault == Fault::refused);
    CHECK(refused.error().text == "HTTP 403 Forbidden");
    CHECK_FALSE(check(good_answer("Sec-WebSocket-Protocol: c\r\n"), request));
    CHECK_FALSE(check(good_answer("Sec-WebSocket-Extensions: permessage-deflate\r\n"), request));
    CHECK_FALSE(check(good_answer(), {new_key(), {}, {}, {}}));
    CHECK_FALSE(check("HTTP/1.1 101 x\r\nConnection: Upgrade\r\n\r\n", request));
    CHECK_FALSE(check("HTTP/1.1 101 x\r\nUpgrade: websocket\r\n\r\n", request));
    CHECK_FALSE(parse_answer("SSH-2.0-OpenSSH\r\n\r\n"));
    CHECK_FALSE(parse_answer("HTTP/1.1 200 OK\r\nno colon\r\n\r\n"));
    CHECK_FALSE(parse_answer("HTTP/1.1 200 OK\r\n"));
}

}  // namespace
}  // namespace fairlead::client
