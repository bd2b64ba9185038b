// What `tocsin init` makes once for a data directory: the first administrator with a key and a password, and an ingest key.
#pragma once

#include "base/result.h"

namespace tocsin::server {

struct Rooms;

/// Of a server that is emptied, before it starts: every other identity and key goes.
Result<void> keep_first_credentials_only(Rooms& rooms);

}  // namespace tocsin::server
