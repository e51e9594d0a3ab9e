// SPDX-License-Identifier: Apache-2.0
#include "edge/certificate_names.h"

#include <arpa/inet.h>
#include <memory>
#include <openssl/x509v3.h>
#include <string_view>

#include "wire/channel.h"

namespace fairlead::edge {
namespace {

struct FreeNames {
    void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};
using Names = std::unique_ptr<GENERAL_NAMES, FreeNames>;

Names alternative_names(x509_st* certificate) {
    if (certificate == nullptr) return nullptr;
    return Names(static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
}

std::string_view bytes_of(const ASN1_STRING* text) {
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
            static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::string address_of(const ASN1_STRING* bytes) {
    char text[INET6_ADDRSTRLEN] = "";
    int family = ASN1_STRING_length(bytes) == 4 ? AF_INET : AF_INET6;
    if (ASN1_STRING_length(bytes) != 4 && ASN1_STRING_length(bytes) != 16) return {};
    ::inet_ntop(family, ASN1_STRING_get0_data(bytes), text, sizeof text);
    return text;
}

bool is_text(const GENERAL_NAME& name) {
    return name.type == GEN_EMAIL || name.type == GEN_DNS || name.type == GEN_URI;
}

}  // namespace

std::string user_of_certificate(x509_st* certificate) {
    Names names = alternative_names(certificate);
    for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const GENERAL_NAME& name = *sk_GENERAL_NAME_value(names.get(), i);
        if (!is_text(name)) continue;
        std::string_view user = bytes_of(name.d.ia5);
        return wire::valid_user(user) ? std::string(user) : std::string();
    }
    return {};
}

std::string names_of_certificate(x509_st* certificate) {
    Names names = alternative_names(certificate);
    std::string out;
    for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const GENERAL_NAME& name = *sk_GENERAL_NAME_value(names.get(), i);
        if (!is_text(name) && name.type != GEN_IPADD) continue;
        if (!out.empty()) out += ' ';
        out += name.type == GEN_IPADD ? address_of(name.d.iPAddress) : std::string(bytes_of(name.d.ia5));
    }
    return out;
}

}  // namespace fairlead::edge
