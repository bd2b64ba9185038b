// Who hears of what: every subscription of the journal, and every partner that one stage asks of another.
#pragma once

#include "server/node/rooms.h"

namespace tocsin::server {

/// Before anything starts.
void connect(Rooms& rooms);

}  // namespace tocsin::server
