// SPDX-License-Identifier: Apache-2.0
#include "src/headers.h"

#include <fairlead/codec.h>

namespace fairlead::detail {

Headers to_headers(const wire::Pairs& pairs) {
    Headers headers;
    headers.reserve(pairs.size());
    for (const auto& [name, value] : pairs)
        headers.emplace_back(name, value);
    return headers;
}

wire::Pairs to_pairs(const Headers& headers) {
    wire::Pairs pairs;
    pairs.reserve(headers.size());
    for (const auto& [name, value] : headers)
        pairs.emplace_back(name, value);
    return pairs;
}

Caller to_caller(const wire::Caller& from) {
    Caller caller;
    caller.service = from.service;
    caller.user = from.user;
    caller.client = from.client;
    caller.session = from.session;
    caller.address = from.address;
    if (!from.meta.empty()) {
        // The broker has checked it; what it could not be is nothing.
        if (Result<Value> meta = decode<Value>(from.meta); meta.ok()) caller.meta = std::move(meta).value();
    }
    return caller;
}

}  // namespace fairlead::detail
