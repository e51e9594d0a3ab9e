// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

struct x509_st;

namespace fairlead::edge {

/// Who a verified certificate is of: its first alternative name that is an e-mail address, a DNS name or a URI, if that
/// can be a user id. Empty: it names nobody, or there is none.
/// Threads: any.
std::string user_of_certificate(x509_st* certificate);

/// All alternative names (e-mail, DNS, URI, IP address) in one line, for logs.
std::string names_of_certificate(x509_st* certificate);

}  // namespace fairlead::edge
