// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/ssl.h>
#include <string>
#include <string_view>

#include "edge_fixture.h"

namespace fairlead::edge::test {

/// The client's end of TLS in memory: the test carries the bytes, in pieces of its choice.
class TlsClient {
public:
    TlsClient(Thread& thread, Peer peer) : thread_(thread), peer_(peer), context_(SSL_CTX_new(TLS_client_method())) {
        SSL_CTX_set_security_level(context_, 0);
        SSL_CTX_set_session_cache_mode(context_, SSL_SESS_CACHE_CLIENT);
        SSL_CTX_set_app_data(context_, this);
        SSL_CTX_sess_set_new_cb(context_, [](SSL* ssl, SSL_SESSION* fresh) {
            auto* self = static_cast<TlsClient*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
            SSL_SESSION_free(self->session);
            self->session = fresh;
            return 1;
        });
    }
    TlsClient(const TlsClient&) = delete;
    TlsClient& operator=(const TlsClient&) = delete;
    ~TlsClient() {
        SSL_SESSION_free(session);
        SSL_free(ssl_);
        SSL_CTX_free(context_);
    }

    SSL_CTX* context() { return context_; }
    SSL* ssl() {
        if (ssl_ != nullptr) return ssl_;
        ssl_ = SSL_new(context_);
        SSL_set_bio(ssl_, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
        SSL_set_connect_state(ssl_);
        return ssl_;
    }

    /// What this client has to say, sealed; taken out.
    std::string output() {
        std::string out(64 * 1024, '\0');
        int size = BIO_read(SSL_get_wbio(ssl()), out.data(), static_cast<int>(out.size()));
        out.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
        return out;
    }

    /// Carries the bytes both ways; `piece` = how many at once.
    void carry(std::size_t piece = 64 * 1024) {
        for (std::string out = output(); !out.empty(); out.erase(0, piece)) {
            if (peer_.connection->gone()) return;
            thread_.write(peer_, std::string_view(out).substr(0, piece));
            if (out.size() <= piece) break;
        }
        std::string in = thread_.read(peer_);
        if (!in.empty()) BIO_write(SSL_get_rbio(ssl()), in.data(), static_cast<int>(in.size()));
    }

    bool shake_hands(std::size_t piece = 64 * 1024) {
        for (int round = 0; round < 6; ++round) {
            int done = SSL_do_handshake(ssl());
            carry(piece);
            if (done == 1) return !peer_.connection->gone();
        }
        return false;
    }

    void write(std::string_view text) {
        std::size_t sent = 0;
        SSL_write_ex(ssl(), text.data(), text.size(), &sent);
        carry();
    }

    /// All data that has come until now.
    std::string read() {
        carry();
        std::string out(64 * 1024, '\0');
        std::string all;
        std::size_t got = 0;
        while (SSL_read_ex(ssl(), out.data(), out.size(), &got) == 1) all.append(out, 0, got);
        carry();
        return all;
    }

    SSL_SESSION* session = nullptr;  ///< of the last ticket

private:
    Thread& thread_;
    Peer peer_;
    SSL_CTX* context_;
    SSL* ssl_ = nullptr;
};

}  // namespace fairlead::edge::test
