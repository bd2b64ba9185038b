// Amazon Resource Names: arn:partition:service:region:account:resource. Region and account may be empty; the resource may hold colons and slashes.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "model/scope.h"

namespace tocsin {

struct Arn {
  std::string service;
  std::string region;
  std::string account;
  std::string resource;
  std::string partition = "aws";

  auto operator<=>(const Arn&) const = default;
  std::string text() const;
};

/// nullopt unless the text has the six parts and a non-empty resource.
std::optional<Arn> parse_arn(std::string_view text);
std::string make_arn(std::string_view service, const Scope& scope, std::string_view resource);

}  // namespace tocsin
