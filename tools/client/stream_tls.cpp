// SPDX-License-Identifier: Apache-2.0
#include "client/stream_tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>

#include <csignal>

namespace fairlead::client {
namespace {

struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(SSL* ssl) const { SSL_free(ssl); }
};
using Context = std::unique_ptr<SSL_CTX, Free>;
using Session = std::unique_ptr<SSL, Free>;

std::string last_reason() {
    const char* reason = ERR_reason_error_string(ERR_peek_last_error());
    return reason != nullptr ? reason : "the connection ended";
}

Error tls_error(std::string_view what) {
    return Error{Fault::io, "TLS: " + std::string(what) + ": " + last_reason()};
}

// OpenSSL writes without MSG_NOSIGNAL: the signal of a peer that is gone is kept from this thread meanwhile, and
// one that was raised is taken away.
class NoPipeSignal {
public:
    NoPipeSignal() {
        sigemptyset(&pipe_);
        sigaddset(&pipe_, SIGPIPE);
        sigpending(&before_);
        pthread_sigmask(SIG_BLOCK, &pipe_, &mask_);
    }
    NoPipeSignal(const NoPipeSignal&) = delete;
    NoPipeSignal& operator=(const NoPipeSignal&) = delete;
    ~NoPipeSignal() {
        const timespec now{};
        if (sigismember(&before_, SIGPIPE) == 0) sigtimedwait(&pipe_, nullptr, &now);
        pthread_sigmask(SIG_SETMASK, &mask_, nullptr);
    }

private:
    sigset_t pipe_{};
    sigset_t before_{};
    sigset_t mask_{};
};

class StreamTls final : public Stream {
public:
    StreamTls(Descriptor fd, Context context, Session ssl)
        : fd_(std::move(fd)), context_(std::move(context)), ssl_(std::move(ssl)) {}

    ~StreamTls() override {
        const NoPipeSignal quiet;
        ERR_clear_error();
        if (!broken_ && SSL_is_init_finished(ssl_.get()) == 1) SSL_shutdown(ssl_.get());
    }

    Result<void> connect(Deadline deadline) {
        return until_done("handshake", deadline, [this] { return SSL_connect(ssl_.get()); });
    }

    Result<std::size_t> read(char* into, std::size_t size_bytes, Deadline deadline) override {
        std::size_t got = 0;
        auto done = until_done("read", deadline, [&] { return SSL_read_ex(ssl_.get(), into, size_bytes, &got); });
        if (!done && ended_) return std::size_t{0};
        if (!done) return done.error();
        return got;
    }

    Result<void> write(std::string_view bytes, Deadline deadline) override {
        if (bytes.empty()) return {};
        std::size_t sent = 0;
        return until_done("write", deadline,
                          [&] { return SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &sent); });
    }

    int descriptor() const override { return fd_.get(); }

private:
    template <typename Step>
    Result<void> until_done(std::string_view what, Deadline deadline, Step step) {
        while (true) {
            int error = 0;
            {
                const NoPipeSignal quiet;
                ERR_clear_error();
                const int result = step();
                if (result == 1) return {};
                error = SSL_get_error(ssl_.get(), result);
            }
            ended_ = error == SSL_ERROR_ZERO_RETURN;
            if (ended_) return Error{Fault::closed, "the peer closed the connection"};
            broken_ = error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE;
            if (error == SSL_ERROR_SYSCALL) return Error{Fault::closed, "the peer reset the connection"};
            if (broken_) return tls_error(what);
            if (!wait_for(error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, deadline)) {
                return Error{Fault::timeout, "the deadline passed"};
            }
        }
    }

    bool wait_for(short events, Deadline deadline) const {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
        pollfd item{fd_.get(), events, 0};
        return ::poll(&item, 1, left > 0 ? static_cast<int>(left) : 0) != 0 || left > 0;
    }

    Descriptor fd_;
    Context context_;
    Session ssl_;
    bool ended_ = false;
    bool broken_ = false;
};

Result<void> set_trust(SSL_CTX* context, const TlsOptions& options) {
    if (options.insecure_skip_verify) return {};
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    const bool good = options.ca_file.empty()
                          ? SSL_CTX_set_default_verify_paths(context) == 1
                          : SSL_CTX_load_verify_locations(context, options.ca_file.c_str(), nullptr) == 1;
    if (!good) return tls_error("authorities in '" + options.ca_file + "'");
    return {};
}

Result<void> set_certificate(SSL_CTX* context, const TlsOptions& options) {
    if (options.certificate_file.empty()) return {};
    if (SSL_CTX_use_certificate_chain_file(context, options.certificate_file.c_str()) == 1 &&
        SSL_CTX_use_PrivateKey_file(context, options.key_file.c_str(), SSL_FILETYPE_PEM) == 1) {
        return {};
    }
    return tls_error("certificate '" + options.certificate_file + "' with key '" + options.key_file + "'");
}

// The peer must have this name or address in its certificate.
bool expect(SSL* ssl, const std::string& host) {
    if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) == 1) return true;
    // What SSL_set_tlsext_host_name is, without its cast.
    std::string name = host;
    return SSL_set1_host(ssl, host.c_str()) == 1 &&
           SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data()) == 1;
}

}  // namespace

Result<std::unique_ptr<Stream>> begin_tls(Descriptor socket, const std::string& host, const TlsOptions& options,
                                          Deadline deadline) {
    ERR_clear_error();
    Context context(SSL_CTX_new(TLS_client_method()));
    if (!context) return tls_error("start");
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    if (auto done = set_trust(context.get(), options); !done) return done.error();
    if (auto done = set_certificate(context.get(), options); !done) return done.error();
    Session ssl(SSL_new(context.get()));
    if (!ssl || !expect(ssl.get(), host) || SSL_set_fd(ssl.get(), socket.get()) != 1) return tls_error("start");
    auto stream = std::make_unique<StreamTls>(std::move(socket), std::move(context), std::move(ssl));
    if (auto done = stream->connect(deadline); !done) return done.error();
    return std::unique_ptr<Stream>(std::move(stream));
}

}  // namespace fairlead::client
