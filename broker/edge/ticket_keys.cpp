// SPDX-License-Identifier: Apache-2.0
#include "edge/ticket_keys.h"

#include <algorithm>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <stdexcept>

namespace fairlead::edge {
namespace {

constexpr int kError = -1;
constexpr int kUnknown = 0;  // the whole handshake is done
constexpr int kGood = 1;
constexpr int kGoodButOld = 2;  // and the client gets a new ticket

TicketKeys::Key new_key() {
    TicketKeys::Key key;
    if (RAND_bytes(key.name.data(), static_cast<int>(key.name.size())) != 1 ||
        RAND_priv_bytes(key.cipher.data(), static_cast<int>(key.cipher.size())) != 1 ||
        RAND_priv_bytes(key.mac.data(), static_cast<int>(key.mac.size())) != 1) {
        throw std::runtime_error("OpenSSL has no random bytes");
    }
    return key;
}

bool set_mac(EVP_MAC_CTX* context, TicketKeys::Key& key) {
    char digest[] = "SHA256";
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key.mac.data(), key.mac.size()),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0), OSSL_PARAM_construct_end()};
    return EVP_MAC_CTX_set_params(context, parameters) == 1;
}

int seal(TicketKeys& keys, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac) {
    TicketKeys::Key key = keys.current();
    std::copy(key.name.begin(), key.name.end(), name);
    bool good = RAND_bytes(iv, EVP_CIPHER_get_iv_length(EVP_aes_256_cbc())) == 1 &&
                EVP_EncryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, key.cipher.data(), iv) == 1 && set_mac(mac, key);
    OPENSSL_cleanse(&key, sizeof key);
    return good ? kGood : kError;
}

int open(TicketKeys& keys, const unsigned char* name, const unsigned char* iv, EVP_CIPHER_CTX* cipher,
         EVP_MAC_CTX* mac) {
    auto key = keys.named(name);
    if (!key) return kUnknown;
    bool current = key->name == keys.current().name;
    bool good = EVP_DecryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, key->cipher.data(), iv) == 1 && set_mac(mac, *key);
    OPENSSL_cleanse(&*key, sizeof *key);
    if (!good) return kError;
    return current ? kGood : kGoodButOld;
}

int on_ticket(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac, int sealing) {
    auto& keys = *static_cast<TicketKeys*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
    try {
        return sealing != 0 ? seal(keys, name, iv, cipher, mac) : open(keys, name, iv, cipher, mac);
    } catch (const std::exception&) {
        return kError;
    }
}

}  // namespace

TicketKeys::TicketKeys(const base::Clock& clock)
    : clock_(clock), current_(new_key()), previous_(new_key()), renew_at_(clock.now() + kLife) {}

TicketKeys::~TicketKeys() {
    OPENSSL_cleanse(&current_, sizeof current_);
    OPENSSL_cleanse(&previous_, sizeof previous_);
}

void TicketKeys::serve(ssl_ctx_st* context) {
    SSL_CTX_set_app_data(context, this);
    SSL_CTX_set_tlsext_ticket_key_evp_cb(context, on_ticket);
}

TicketKeys::Key TicketKeys::current() {
    std::lock_guard lock(mutex_);
    rotate();
    return current_;
}

std::optional<TicketKeys::Key> TicketKeys::named(const unsigned char* name) {
    std::lock_guard lock(mutex_);
    rotate();
    for (const Key* key : {&current_, &previous_}) {
        if (std::equal(key->name.begin(), key->name.end(), name)) return *key;
    }
    return std::nullopt;
}

// After two lives without a handshake both keys are too old.
void TicketKeys::rotate() {
    base::Steady now = clock_.now();
    if (now < renew_at_) return;
    previous_ = now < renew_at_ + kLife ? current_ : new_key();
    current_ = new_key();
    renew_at_ = now + kLife;
}

}  // namespace fairlead::edge
