// What a call must be allowed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "access/policies/wildcard.h"
#include "base/document.h"
#include "model/scope.h"

namespace tocsin::access {

struct RequiredPermission {
  std::string action;                  ///< "sns:Publish"
  std::vector<std::string> resources;  ///< every one must be allowed; "*" when the call has none
  std::string passed_to_service;       ///< of iam:PassRole: "events.amazonaws.com"
};

/// `service` is the model's folder name, `operation` and the members of `input` are the model's names. Never empty; the call's own action
/// is first.
std::vector<RequiredPermission> required_permissions(std::string_view service, std::string_view operation, const Document& input,
                                                     const Scope& scope);

/// The condition keys that the input gives: aws:RequestTag/…, aws:TagKeys, sts:ExternalId, iam:PolicyARN, sns:Protocol … in lower case.
ConditionContext context_of_input(std::string_view service, std::string_view operation, const Document& input);

}  // namespace tocsin::access
