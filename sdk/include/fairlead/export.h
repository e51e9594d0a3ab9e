// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Marks what a shared build of the SDK shows; everything else is hidden.
#define FAIRLEAD_EXPORT __attribute__((visibility("default")))
