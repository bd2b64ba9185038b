// X-Ray: REST-JSON. https://docs.aws.amazon.com/xray/latest/api/
#pragma once

#include "api/call.h"
#include "api/list_tokens.h"
#include "api/xray/rooms.h"

namespace tocsin::api {

/// All that the rooms refer to must outlive the service.
Service make_xray_service(xray::Rooms rooms);

}  // namespace tocsin::api
