// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/history.h"
#include "core/request.h"

namespace fairlead::core {

/// Somebody who looks on: is told what the broker has taken, whoever sent it and whether or not anybody gets
/// it. Threads: core's.
class Tap {
public:
    virtual ~Tap() = default;
    virtual void published(const PublicationPtr& publication) = 0;
    virtual void emitted(const Event& event) = 0;
};

}  // namespace fairlead::core
