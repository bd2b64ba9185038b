// Where what services of ours export goes: into a bucket of this server, where there is one of that name, else into a folder.
#pragma once

#include <string>

#include "base/result.h"
#include "model/scope.h"

namespace tocsin::server {

struct Rooms;

/// `path` is BUCKET/KEY. `denied` for a bucket of another account; `unavailable` when the disk takes no more. On the StateExecutor; the
/// object is there with the next commit.
Result<void> keep_export(Rooms& rooms, const Scope& scope, const std::string& path, const std::string& content);

}  // namespace tocsin::server
