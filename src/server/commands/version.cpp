#include "server/commands/version.h"

namespace tocsin::server {

std::string_view tocsin_version() { return TOCSIN_VERSION; }

}  // namespace tocsin::server
