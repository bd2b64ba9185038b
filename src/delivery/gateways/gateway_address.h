// SCHEME://[USER[:SECRET]@]HOST[:PORT][/PATH][?KEY=VALUE&…]: a provider, as a setting names it. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tocsin::delivery {

struct GatewayAddress {
  std::string scheme, user, secret, host, port, path;  ///< user, secret and the options are percent-decoded
  std::map<std::string, std::string> options;

  std::string option(const std::string& name, std::string_view otherwise = {}) const;
  /// "https://host:port" or http.
  std::string base_url(std::string_view protocol) const;
};

/// Error invalid; what it says holds no secret.
Result<GatewayAddress> parse_gateway_address(std::string_view text);

/// KEY=VALUE&… of a form's body, each percent-encoded.
std::string form_body(const std::map<std::string, std::string>& fields);
std::map<std::string, std::string> read_form(std::string_view body);

}  // namespace tocsin::delivery
