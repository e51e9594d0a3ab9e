// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace fairlead::app {

/// Sees to it that no core of this process is ever written, to a file or to a program: keys and tokens would
/// be in it. Neither may programs of the same user look into it. Not where a sanitizer is built in, which
/// looks itself.
void forbid_core_dumps();

/// Raises the soft limit of descriptors to the hard one and returns it.
std::size_t raise_descriptor_limit();

/// How many clients fit: `wanted`, or where that is 0 at most 20,000; always 64 descriptors less than there are, for
/// services, files and listeners.
std::size_t clients_that_fit(std::size_t wanted, std::size_t descriptors);

/// Edge threads for `wanted` = 0: one on up to two cores, else one a core but one, which core and backplane have.
unsigned edge_threads(unsigned wanted);

}  // namespace fairlead::app
