// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/error.h"
#include "wire/frame.h"

namespace fairlead::core {

/// What became of a question to a hook.
struct HookReply {
    enum class State : std::uint8_t {
        allowed,
        refused,  ///< `failure` is the hook's
        failed,   ///< no answer that can be used: `failure` is temporary
    };
    State state = State::failed;
    wire::Failure failure;
    /// Whether it may go on. `final` false: others have granted it, so that a refusal does not count.
    bool lets(bool final) const noexcept { return state == State::allowed || (state == State::refused && !final); }

    wire::HookAnswer answer;  ///< of an allowing hook; checked. Its views hold as long as the callback runs
};

}  // namespace fairlead::core
