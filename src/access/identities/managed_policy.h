// Managed policies, and those that the provider ships.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "access/identities/identity_store.h"

namespace tocsin::access {

struct ManagedPolicy {
  std::string account;  ///< "aws" for one that is shipped
  std::string name;
  std::string path = "/";
  std::string id;  ///< ANPA…
  Instant created{};
  Instant updated{};
  std::string description;
  std::string default_version = "v1";
  int next_version = 2;
  Tags tags;

  std::string arn() const { return "arn:aws:iam::" + account + ":policy" + path + name; }
};

struct PolicyVersion {
  std::string id;  ///< v1, v2 …
  std::string document;
  bool is_default = false;
  Instant created{};
};

/// A policy that exists in every account as arn:aws:iam::aws:policy/… and cannot be changed.
struct ShippedPolicy {
  std::string_view path;
  std::string_view name;
  std::string_view id;
  std::string_view description;
  std::string_view document;
};

std::span<const ShippedPolicy> shipped_policies();

/// What a registered host may do by itself: the agent's calls.
inline constexpr std::string_view host_core_policy = "AmazonSSMManagedInstanceCore";
const ShippedPolicy* find_shipped_policy(std::string_view name);

}  // namespace tocsin::access
