// The roles that a call hands to one of our services.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/document.h"
#include "model/scope.h"

namespace tocsin::access {

struct PassedRole {
  std::string role_arn;
  std::string service;  ///< "events.amazonaws.com"
};

std::vector<PassedRole> passed_roles(std::string_view service, std::string_view operation, const Document& input, const Scope& scope);

}  // namespace tocsin::access
