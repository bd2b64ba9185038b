// Every service that this server answers for, with its operations: the one list.
#pragma once

#include <vector>

#include "api/call.h"
#include "server/node/rooms.h"

namespace tocsin::server {

std::vector<api::Service> make_services(Rooms& rooms);

}  // namespace tocsin::server
