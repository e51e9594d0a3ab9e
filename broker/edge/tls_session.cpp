// SPDX-License-Identifier: Apache-2.0
#include "edge/tls_session.h"

#include <algorithm>
#include <new>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <string_view>

#include "edge/certificate_names.h"
#include "edge/socket_io.h"
#include "edge/tls_context.h"

namespace fairlead::edge {
namespace {

// More than a handshake's flight or a record; a peer that makes us say more without reading is cut.
constexpr std::size_t kMaxHeldBytes = 64 * 1024;
// A client renews its keys after 2^24 records; one that does it often wants to cost us time.
constexpr unsigned kMaxKeyUpdates = 64;

}  // namespace

struct TlsSessionHooks {
    static TlsSession& session(BIO* bio) { return *static_cast<TlsSession*>(BIO_get_data(bio)); }

    static int read(BIO* bio, char* buffer, int size) {
        BIO_clear_retry_flags(bio);
        return session(bio).receive(buffer, size);
    }

    static int write(BIO* bio, const char* data, int size) {
        BIO_clear_retry_flags(bio);
        return session(bio).send(data, size);
    }

    static long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

    static const BIO_METHOD* method() {
        static const BIO_METHOD* const kMethod = [] {
            BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "client socket");
            BIO_meth_set_read(made, read);
            BIO_meth_set_write(made, write);
            BIO_meth_set_ctrl(made, control);
            return made;
        }();
        return kMethod;
    }

    // Looks on: clients that renew keys without end.
    static void message(int sent, int, int type, const void* bytes, std::size_t size, SSL*, void* argument) {
        if (sent != 0 || type != SSL3_RT_HANDSHAKE || size == 0) return;
        if (*static_cast<const unsigned char*>(bytes) != SSL3_MT_KEY_UPDATE) return;
        auto& session = *static_cast<TlsSession*>(argument);
        if (++session.key_updates_ > kMaxKeyUpdates) session.broken_ = true;
    }

    // OpenSSL answers an attempt to renegotiate with a warning and would go on for ever.
    static void info(const SSL* ssl, int where, int result) {
        constexpr int kRefused = SSL3_AL_WARNING << 8 | SSL_AD_NO_RENEGOTIATION;
        if ((where & SSL_CB_WRITE_ALERT) != SSL_CB_WRITE_ALERT || result != kRefused) return;
        session(SSL_get_rbio(ssl)).broken_ = true;
    }
};

TlsSession::TlsSession(const TlsContext& context, int descriptor)
    : ssl_(SSL_new(context.get())), bio_(BIO_new(TlsSessionHooks::method())), descriptor_(descriptor) {
    if (ssl_ == nullptr || bio_ == nullptr) {
        SSL_free(ssl_);
        BIO_free(bio_);
        throw std::bad_alloc();
    }
    BIO_set_data(bio_, this);
    BIO_set_init(bio_, 1);
    SSL_set_bio(ssl_, bio_, bio_);
    SSL_set_accept_state(ssl_);
    SSL_set_info_callback(ssl_, TlsSessionHooks::info);
    SSL_set_msg_callback(ssl_, TlsSessionHooks::message);
    SSL_set_msg_callback_arg(ssl_, this);
}

TlsSession::~TlsSession() { SSL_free(ssl_); }

int TlsSession::receive(char* buffer, int size) noexcept {
    IoResult result = receive_from(descriptor_, buffer, static_cast<std::size_t>(size));
    if (result.state == IoState::would_block) BIO_set_retry_read(bio_);
    if (result.state != IoState::ok) return result.state == IoState::ended ? 0 : -1;
    // Once version 1.2 is agreed, records may be encrypted under the type of a handshake.
    bool clear = hello_ && (SSL_version(ssl_) != TLS1_2_VERSION || SSL_in_before(ssl_) != 0);
    if (clear && !hello_->follow({buffer, result.bytes})) {
        broken_ = true;
        return -1;
    }
    return static_cast<int>(result.bytes);
}

int TlsSession::send(const char* data, int size) noexcept {
    std::string_view bytes(data, static_cast<std::size_t>(size));
    if (held_.empty()) {
        IoResult result = send_to(descriptor_, bytes.data(), bytes.size());
        if (result.state == IoState::ended) {
            broken_ = true;
            return -1;
        }
        bytes.remove_prefix(result.bytes);
    }
    if (held_.size() + bytes.size() > kMaxHeldBytes) {
        broken_ = true;
        return -1;
    }
    held_.append(bytes);
    return size;
}

IoState TlsSession::push() noexcept {
    if (held_.empty()) return IoState::ok;
    IoResult result = send_to(descriptor_, held_.data(), held_.size());
    if (result.state != IoState::ok) return result.state;
    held_.erase(0, result.bytes);
    if (!held_.empty()) return IoState::would_block;
    held_.shrink_to_fit();
    return IoState::ok;
}

IoState TlsSession::state_of(int result) noexcept {
    if (broken_) return IoState::ended;
    if (result > 0) return IoState::ok;
    int error = SSL_get_error(ssl_, result);
    if (error == SSL_ERROR_WANT_READ) return IoState::would_block;
    broken_ = error != SSL_ERROR_ZERO_RETURN;
    return IoState::ended;
}

IoState TlsSession::shake_hands() noexcept {
    ERR_clear_error();
    IoState state = state_of(SSL_do_handshake(ssl_));
    if (state == IoState::ok) hello_.reset();
    return state;
}

IoResult TlsSession::read(char* buffer, std::size_t size) noexcept {
    ERR_clear_error();
    std::size_t bytes = 0;
    IoState state = state_of(SSL_read_ex(ssl_, buffer, size, &bytes));
    return {state, state == IoState::ok ? bytes : 0};
}

IoResult TlsSession::write(const char* data, std::size_t size) noexcept {
    IoState pushed = push();
    if (pushed != IoState::ok) return {pushed, 0};
    ERR_clear_error();
    std::size_t bytes = 0;
    // After the handshake a write waits for nothing: the socket's part is held, and nothing is renegotiated.
    if (SSL_write_ex(ssl_, data, std::min(size, kMaxRecordBytes), &bytes) != 1 || broken_) return {IoState::ended, 0};
    return {IoState::ok, bytes};
}

void TlsSession::say_goodbye() noexcept {
    if (said_goodbye_ || broken_ || SSL_is_init_finished(ssl_) != 1) return;
    said_goodbye_ = true;
    ERR_clear_error();
    SSL_shutdown(ssl_);
}

std::string TlsSession::certified_user() const {
    if (SSL_get_verify_result(ssl_) != X509_V_OK) return {};
    return user_of_certificate(SSL_get0_peer_certificate(ssl_));
}

}  // namespace fairlead::edge
