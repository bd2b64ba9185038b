// With --dev any key is taken, so a request must come from this machine and not from a web page that merely runs in a browser here.
#pragma once

#include <string_view>

#include "wire/http/http_message.h"

namespace tocsin::api {

/// Of a Host header ("localhost:4566", "[::1]", "a.localhost", "127.0.0.2:80").
bool is_loopback_host(std::string_view host);

/// Whether the Host is loopback and the Origin, if any, is loopback on the same port. Holds for every path of a server in --dev, not only
/// for the APIs.
bool comes_from_this_machine(const wire::HttpRequest& request);

}  // namespace tocsin::api
