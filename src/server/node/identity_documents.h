// How the documents of identity providers are read: by https, trusting the system's authorities and the certificates that an account named for its provider.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"

namespace tocsin::server {

using FetchIdentityDocument = std::function<void(const std::string& url, const std::vector<std::string>& thumbprints, std::function<void(Result<std::string>)> done)>;

/// Its thread starts with the first call, and ends with the last copy. Called on one thread; `done` comes on another.
FetchIdentityDocument fetch_identity_documents();

}  // namespace tocsin::server
