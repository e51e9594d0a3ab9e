// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include <fairlead/caller.h>
#include <fairlead/export.h>
#include <fairlead/result.h>

namespace fairlead {

namespace detail {
class Core;
/// What a call ended with, still encoded.
using CallDone = std::function<void(Result<std::string>)>;
}  // namespace detail

/// How another service is asked: `CallOptions{}.timeout(500ms).header("tenant", "7")`.
class FAIRLEAD_EXPORT CallOptions {
public:
    /// Default: what is left of the request through which the call is made, else
    /// ServiceOptions::call_timeout. Through a request it is never longer than what is left of that.
    CallOptions& timeout(std::chrono::milliseconds timeout);
    CallOptions& header(std::string name, std::string value);
    /// The same key marks the same call: asked again with it, by any instance of this service, it is not done again, but has
    /// the outcome of the first time. So after a deadline or a lost connection one may ask again. The broker keeps outcomes
    /// for five minutes, in memory; handlers see the key. At most 255 bytes.
    CallOptions& key(std::string key);

private:
    friend class detail::Core;
    std::chrono::milliseconds timeout_{0};
    Headers headers_;
    std::string key_;
};

}  // namespace fairlead
