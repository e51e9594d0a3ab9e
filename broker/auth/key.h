// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "auth/algorithm.h"

namespace fairlead::auth {

/// What a key is called.
struct KeyName {
    std::string name;  ///< ours: unique among all keys
    std::string kid;   ///< the one that headers say; empty = any
};

/// What a signature is checked with, and the one algorithm that it is for.
/// Threads: any.
class Key {
public:
    virtual ~Key() = default;
    Key(const Key&) = delete;
    Key& operator=(const Key&) = delete;

    const std::string& name() const noexcept { return name_.name; }
    const std::string& kid() const noexcept { return name_.kid; }
    Algorithm algorithm() const noexcept { return algorithm_; }
    /// The same for keys of the same material. Never for a log: a weak secret could be found by it.
    const std::string& fingerprint() const noexcept { return fingerprint_; }

    /// Whether `signature` is that of `text`.
    virtual bool verify(std::string_view text, std::string_view signature) const noexcept = 0;

protected:
    Key(KeyName name, Algorithm algorithm, std::string fingerprint)
        : name_(std::move(name)), algorithm_(algorithm), fingerprint_(std::move(fingerprint)) {}

private:
    const KeyName name_;
    const Algorithm algorithm_;
    const std::string fingerprint_;
};

using KeyPtr = std::shared_ptr<const Key>;

}  // namespace fairlead::auth
