// How a listing turns the key where it stopped into the opaque token that the caller sends back; server/ binds wire/aws's PageTokens.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "api/call.h"

namespace tocsin::api {

struct ListTokens {
  std::function<std::string(const Call&, std::string_view key)> seal;
  /// nullopt for a token that was not sealed for the same account and operation.
  std::function<std::optional<std::string>(const Call&, std::string_view token)> open;
};

}  // namespace tocsin::api
