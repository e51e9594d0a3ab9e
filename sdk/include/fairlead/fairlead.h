// SPDX-License-Identifier: Apache-2.0
#pragma once

/// All of the service SDK. Start reading at service.h; structs for payloads are in fields.h.
/// Structs with MSGPACK_DEFINE_MAP need <fairlead/msgpack.h> as well.

#include <fairlead/call.h>
#include <fairlead/caller.h>
#include <fairlead/codec.h>
#include <fairlead/endpoint.h>
#include <fairlead/event.h>
#include <fairlead/fields.h>
#include <fairlead/future.h>
#include <fairlead/hook.h>
#include <fairlead/inquiry.h>
#include <fairlead/keys.h>
#include <fairlead/lease.h>
#include <fairlead/options.h>
#include <fairlead/publish.h>
#include <fairlead/request.h>
#include <fairlead/result.h>
#include <fairlead/revocation.h>
#include <fairlead/service.h>
#include <fairlead/session_event.h>
#include <fairlead/stats.h>
#include <fairlead/value.h>
