// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fairlead/fairlead.h>

/// The handlers of the chat. They stand apart from main(), so that tests have them too
/// (tests/examples/chat_test.cpp).
void install_chat(fairlead::Service& service);
