// SPDX-License-Identifier: Apache-2.0
#include "edge/tls_context.h"

#include <array>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <utility>

#include "edge/certificate_names.h"
#include "edge/pem_file.h"
#include "edge/ticket_keys.h"

namespace fairlead::edge {
namespace {

constexpr const char* kCiphers12 =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:"
    "ECDHE-RSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384";
constexpr const char* kCiphers13 = "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384";
constexpr const char* kGroups = "X25519:P-256:P-384";
constexpr long kSessionSeconds = 3600;
constexpr long kMaxCertificateChain = 32 * 1024;  // of a client

struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(BIO* bio) const { BIO_free(bio); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

Owned<BIO> reader(const std::string& text) {
    return Owned<BIO>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// A key with a passphrase is not asked for: nobody is there to answer.
int no_passphrase(char*, int, int, void*) { return -1; }

std::string openssl_reason() {
    const char* reason = ERR_reason_error_string(ERR_peek_last_error());
    return reason != nullptr ? reason : "unknown reason";
}

bool fail(std::string& why, std::string text) {
    why = std::move(text);
    return false;
}

base::Wall wall_of(const ASN1_TIME* time) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
    return std::chrono::system_clock::from_time_t(::timegm(&parts));
}

std::string subject_of(X509* certificate) {
    Owned<BIO> out(BIO_new(BIO_s_mem()));
    X509_NAME_print_ex(out.get(), X509_get_subject_name(certificate), 0, XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB);
    char* text = nullptr;
    long size = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

int choose_protocol(SSL*, const unsigned char** out, unsigned char* size, const unsigned char* offered,
                    unsigned offered_size, void*) {
    static constexpr unsigned char kHttp[] = "\x08http/1.1";
    unsigned char* chosen = nullptr;
    int result = SSL_select_next_proto(&chosen, size, kHttp, sizeof kHttp - 1, offered, offered_size);
    *out = chosen;
    return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

Owned<SSL_CTX> with_rules() {
    Owned<SSL_CTX> context(SSL_CTX_new(TLS_server_method()));
    SSL_CTX* ctx = context.get();
    if (ctx == nullptr || SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) != 1 ||
        SSL_CTX_set_cipher_list(ctx, kCiphers12) != 1 || SSL_CTX_set_ciphersuites(ctx, kCiphers13) != 1 ||
        SSL_CTX_set1_groups_list(ctx, kGroups) != 1) {
        return nullptr;
    }
    SSL_CTX_set_options(ctx, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA | SSL_OP_NO_COMPRESSION |
                                 SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
    // What is no data ends a read, so that a peer that sends nothing else cannot keep a thread.
    SSL_CTX_clear_mode(ctx, SSL_MODE_AUTO_RETRY);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_timeout(ctx, kSessionSeconds);
    SSL_CTX_set_num_tickets(ctx, 1);
    SSL_CTX_set_max_cert_list(ctx, kMaxCertificateChain);
    SSL_CTX_set_alpn_select_cb(ctx, choose_protocol, nullptr);
    return context;
}

bool use_chain(SSL_CTX* context, const std::string& path, base::Wall now, CertificateFacts& facts, std::string& why) {
    auto text = read_pem(path, Privacy::any, why);
    if (!text) return false;
    Owned<BIO> in = reader(*text);
    Owned<X509> leaf(PEM_read_bio_X509_AUX(in.get(), nullptr, no_passphrase, nullptr));
    if (!leaf) return fail(why, path + " holds no certificate in PEM");
    facts = {subject_of(leaf.get()), names_of_certificate(leaf.get()), wall_of(X509_get0_notAfter(leaf.get()))};
    if (facts.expires <= now) return fail(why, path + " is expired: get a new certificate");
    if (SSL_CTX_use_certificate(context, leaf.get()) != 1) return fail(why, path + ": " + openssl_reason());
    while (X509* next = PEM_read_bio_X509(in.get(), nullptr, no_passphrase, nullptr)) {
        if (SSL_CTX_add0_chain_cert(context, next) == 1) continue;
        X509_free(next);
        return fail(why, path + ": " + openssl_reason());
    }
    return true;
}

bool use_key(SSL_CTX* context, const Options& options, std::string& why) {
    const std::string& path = options.tls_key_file;
    auto text = read_pem(path, Privacy::owner_only, why);
    if (!text) return false;
    Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(reader(*text).get(), nullptr, no_passphrase, nullptr));
    OPENSSL_cleanse(text->data(), text->size());
    if (!key) return fail(why, path + " holds no private key in PEM without a passphrase");
    if (SSL_CTX_use_PrivateKey(context, key.get()) == 1 && SSL_CTX_check_private_key(context) == 1) return true;
    return fail(why, path + " is not the key of " + options.tls_certificate_file + ": " + openssl_reason());
}

// A ticket holds what was verified when it was made, so those made under other authorities are not for us.
void bind_tickets(SSL_CTX* context, const std::string& authorities) {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> id{};
    SHA256(reinterpret_cast<const unsigned char*>(authorities.data()), authorities.size(), id.data());
    SSL_CTX_set_session_id_context(context, id.data(), id.size());
}

bool ask_clients(SSL_CTX* context, const Options& options, std::string& why) {
    const std::string& path = options.tls_client_ca_file;
    if (path.empty()) return bind_tickets(context, {}), true;
    auto text = read_pem(path, Privacy::any, why);
    if (!text) return false;
    Owned<BIO> in = reader(*text);
    int count = 0;
    while (Owned<X509> each{PEM_read_bio_X509(in.get(), nullptr, no_passphrase, nullptr)}) {
        ++count;
        X509_STORE_add_cert(SSL_CTX_get_cert_store(context), each.get());
        SSL_CTX_add_client_CA(context, each.get());
    }
    if (count == 0) return fail(why, path + " holds no certificate in PEM");
    int must = options.tls_client_required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0;
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | must, nullptr);
    bind_tickets(context, *text + (must != 0 ? "required" : "optional"));
    return true;
}

}  // namespace

std::shared_ptr<const TlsContext> TlsContext::load(const Options& options, TicketKeys& tickets, base::Wall now,
                                                   std::string& why) {
    ERR_clear_error();
    CertificateFacts facts;
    Owned<SSL_CTX> context = with_rules();
    if (!context) {
        why = "OpenSSL cannot do what TLS needs: " + openssl_reason();
        return nullptr;
    }
    bool good = use_chain(context.get(), options.tls_certificate_file, now, facts, why) &&
                use_key(context.get(), options, why) && ask_clients(context.get(), options, why);
    ERR_clear_error();  // the end of a PEM text is an error to OpenSSL
    if (!good) return nullptr;
    tickets.serve(context.get());
    return std::shared_ptr<const TlsContext>(new TlsContext(context.release(), std::move(facts)));
}

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

}  // namespace fairlead::edge
