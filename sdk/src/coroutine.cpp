// SPDX-License-Identifier: Apache-2.0
#include <fairlead/coroutine.h>

#include "src/request_state.h"

namespace fairlead::detail {

std::shared_ptr<RequestState> begin_task(RequestState& state, void* frame, void (*destroy)(void*)) {
    state.shared->tasks.add(frame, destroy);
    state.in_task = true;
    return state.shared_from_this();
}

void end_task(RequestState& state, void* frame) noexcept {
    state.shared->tasks.remove(frame);
    state.let_go();
}

void answer_thrown(RequestState& state, std::exception_ptr thrown) {
    state.settle_thrown(std::move(thrown));
}

}  // namespace fairlead::detail
