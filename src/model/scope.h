// Whose and where: part of every key.
#pragma once

#include <compare>
#include <string>

namespace tocsin {

/// An account (twelve digits) in a region. Nothing is found across scopes unless a policy says so.
struct Scope {
  std::string account;
  std::string region;

  auto operator<=>(const Scope&) const = default;
};

}  // namespace tocsin
