// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "wire/frame.h"

/// Hooks are ordinary requests on reserved topics, with payloads of a fixed form.
///
///     _hook.connect  _hook.refresh  _hook.subscribe.<namespace>  _hook.publish.<namespace>
///
/// In a segment a namespace has its letters, digits and hyphens as they are; each other byte is `_` and two hexadecimal
/// digits, and the default namespace is `_`. `*` stands for every namespace that has no hook of its own.
namespace fairlead::wire {

enum class Hook : std::uint8_t { connect, refresh, subscribe, publish };

/// The topic under which a hook is asked. A namespace that is too long for a topic gets one that only `*` covers.
/// Threads: any.
std::string hook_topic(Hook hook, std::string_view space = {});

/// What a service registers to be asked: `space` is a namespace, or "*". Empty for a namespace that is too long.
/// Threads: any.
std::string hook_pattern(Hook hook, std::string_view space = {});

/// Whether a pattern is one of a hook: the only reserved ones that services may register. Threads: any.
bool is_hook_pattern(std::string_view pattern) noexcept;

/// Reads payloads of hooks. What it gives points into the bytes that were given.
/// Threads: one at a time.
class HookReader {
public:
    HookReader();
    ~HookReader();

    /// False if it is none.
    bool read(std::string_view payload, HookQuestion& question);
    bool read(std::string_view payload, HookAnswer& answer);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace fairlead::wire
