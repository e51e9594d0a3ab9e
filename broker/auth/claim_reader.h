// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "auth/json_object.h"
#include "base/clock.h"

namespace fairlead::auth {

/// Takes claims by name, kind and size. What is absent is empty; what is wrong is empty too, and the first
/// such claim is what `fault` says.
///
/// Threads: one.
class ClaimReader {
public:
    /// `claims` must outlive the reader.
    explicit ClaimReader(const JsonObject& claims) : claims_(claims) {}

    bool has(std::string_view name) const { return claims_.find(name) != nullptr; }
    /// A string of at most `most` bytes.
    std::string text(std::string_view name, std::size_t most);
    /// A list of at most `most` strings, each of at most `most_bytes`.
    std::vector<std::string> texts(std::string_view name, std::size_t most, std::size_t most_bytes);
    std::optional<base::Wall> time(std::string_view name);
    /// Any value as JSON text; null is none.
    std::string json(std::string_view name);
    /// An object as JSON text.
    std::string object(std::string_view name);
    /// `info` as JSON text, or what `b64info` holds of it in base64.
    std::string info();
    /// `channels` and the names in `subs`, each once: names that clients may be subscribed to.
    std::vector<std::string> channels();
    /// `channel`: a name that a client may subscribe to.
    std::string channel();
    /// Pairs of name and text of all claims that have no meaning of their own and are a text, a number, a
    /// truth value or a list of texts.
    std::vector<std::pair<std::string, std::string>> others();

    void refuse(std::string why) {
        if (fault_.empty()) fault_ = std::move(why);
    }
    /// Empty = nothing was wrong.
    const std::string& fault() const { return fault_; }

private:
    /// The claim, if it is there and of that kind.
    const JsonMember* find(std::string_view name, JsonKind kind, std::string_view kind_in_words);
    /// Whether clients may be subscribed to it; the reserved `user:` channels are the broker's to give.
    bool subscribable(std::string_view name, std::string_view channel);

    const JsonObject& claims_;
    std::string fault_;
};

}  // namespace fairlead::auth
