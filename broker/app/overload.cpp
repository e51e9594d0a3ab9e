// SPDX-License-Identifier: Apache-2.0
#include "app/overload.h"

namespace fairlead::app {
namespace {

constexpr std::size_t kRefuse = 85;
constexpr std::size_t kRefuseEnds = 80;
constexpr std::size_t kShed = 92;
constexpr std::size_t kShedEnds = 88;

}  // namespace

Overload::Step Overload::look(std::size_t used) noexcept {
    const bool sheds = used >= percent(kShed) || (step_ == Step::shed && used >= percent(kShedEnds));
    const bool refuses = used >= percent(kRefuse) || (step_ != Step::none && used >= percent(kRefuseEnds));
    step_ = sheds ? Step::shed : refuses ? Step::refuse : Step::none;
    excess_ = sheds ? used - percent(kShedEnds) : 0;
    return step_;
}

std::string_view name_of(Overload::Step step) noexcept {
    switch (step) {
        case Overload::Step::none: return "none";
        case Overload::Step::refuse: return "new clients are refused";
        case Overload::Step::shed: return "new clients are refused, the slowest readers are closed";
    }
    return {};
}

}  // namespace fairlead::app
