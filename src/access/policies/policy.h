// A policy document, parsed. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
#pragma once

#include <string>
#include <vector>

namespace tocsin::access {

enum class Effect { allow, deny };

/// "AWS": arn, account or *; "Service": name; "Federated": provider.
struct PrincipalPattern {
  std::string type;
  std::string value;

  bool operator==(const PrincipalPattern&) const = default;
};

/// How a condition treats a key of several values.
enum class Quantifier { none, any_value, all_values };

struct Condition {
  std::string op;  ///< "StringEquals", without quantifier and IfExists
  Quantifier quantifier = Quantifier::none;
  bool if_exists = false;
  std::string key;  ///< as written; compares without case
  std::vector<std::string> values;
};

/// A list that a statement names, or all but it.
struct Patterns {
  std::vector<std::string> values;
  bool all_but = false;  ///< NotAction, NotResource
  bool present = false;
};

struct Statement {
  std::string sid;
  Effect effect = Effect::allow;
  Patterns actions;
  Patterns resources;  ///< absent in a trust policy: any
  std::vector<PrincipalPattern> principals;
  bool has_principal = false;
  bool all_but_principals = false;
  std::vector<Condition> conditions;
};

struct Policy {
  std::string version = "2008-10-17";
  std::vector<Statement> statements;

  bool has_variables() const { return version == "2012-10-17"; }
};

}  // namespace tocsin::access
