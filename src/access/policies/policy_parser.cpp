#include "access/policies/policy_parser.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <optional>
#include <set>

#include "access/policies/condition.h"
#include "base/document.h"
#include "model/arn.h"

namespace tocsin::access {
namespace {

constexpr const char* syntax = "Syntax errors in policy.";
std::unexpected<Error> malformed(std::string words) { return fail(ErrorKind::invalid, std::move(words), "MalformedPolicyDocument"); }

// a condition's values may be written as numbers and truths
std::optional<std::string> scalar(const Document& value) {
  if (value.is_string()) return std::string(value.as_string());
  if (value.is_bool()) return value.as_bool() ? "true" : "false";
  if (value.is_number()) return boost::json::serialize(value);
  return std::nullopt;
}

std::optional<std::vector<std::string>> strings(const Document& value, bool scalars) {
  std::vector<std::string> out;
  const auto add = [&](const Document& element) {
    const auto text = scalar(element);
    if (!text || (!scalars && !element.is_string())) return false;
    out.push_back(*text);
    return true;
  };
  if (!value.is_array()) return add(value) ? std::optional(out) : std::nullopt;
  for (const Document& element : value.as_array())
    if (!add(element)) return std::nullopt;
  return out;
}

Result<Patterns> read_patterns(const Object& statement, const std::string& name) {
  const Document* is = find(statement, name);
  const Document* is_not = find(statement, "Not" + name);
  if (is && is_not) return malformed(syntax);
  if (!is && !is_not) return Patterns{};
  auto values = strings(is ? *is : *is_not, false);
  if (!values || values->empty()) return malformed(syntax);
  return Patterns{std::move(*values), is_not != nullptr, true};
}

bool is_vendor_action(std::string_view action) {
  if (action == "*") return true;
  const auto colon = action.find(':');
  return colon != std::string_view::npos && colon > 0 && colon + 1 < action.size();
}

Result<void> read_actions(const Object& object, PolicyKind kind, Statement& out) {
  auto actions = read_patterns(object, "Action");
  if (!actions) return std::unexpected(actions.error());
  if (!actions->present) return malformed("Policy statement must contain actions.");
  for (const std::string& action : actions->values) {
    if (kind == PolicyKind::trust && !action.starts_with("sts:") && action != "*")
      return malformed("AssumeRole policy may only specify STS AssumeRole actions.");
    if (kind != PolicyKind::resource && !is_vendor_action(action))
      return malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
  }
  out.actions = std::move(*actions);
  return {};
}

bool is_resource(std::string_view text) {
  return text == "*" || (text.starts_with("arn:") && std::count(text.begin(), text.end(), ':') >= 5) || text.starts_with("arn:*");
}

Result<void> read_resources(const Object& object, PolicyKind kind, Statement& out) {
  auto resources = read_patterns(object, "Resource");
  if (!resources) return std::unexpected(resources.error());
  if (kind == PolicyKind::trust && resources->present) return malformed("Has prohibited field Resource");
  if (kind == PolicyKind::identity && !resources->present) return malformed("Policy statement must contain resources.");
  for (const std::string& resource : resources->values)
    if (kind == PolicyKind::identity && !is_resource(resource))
      return malformed("Resource " + resource + " must be in ARN format or \"*\".");
  out.resources = std::move(*resources);
  return {};
}

bool is_principal(const PrincipalPattern& pattern) {
  if (pattern.value.empty()) return false;
  if (pattern.type != "AWS") return true;
  if (pattern.value == "*") return true;
  if (pattern.value.size() == 12 && std::all_of(pattern.value.begin(), pattern.value.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return true;
  const auto arn = parse_arn(pattern.value);
  return arn && (arn->service == "iam" || arn->service == "sts");
}

Result<void> add_principals(const std::string& type, const Document& value, Statement& out) {
  constexpr std::array<std::string_view, 4> types{"AWS", "Service", "Federated", "CanonicalUser"};
  const auto values = strings(value, false);
  if (!values || std::find(types.begin(), types.end(), type) == types.end()) return malformed(syntax);
  for (const std::string& text : *values) {
    PrincipalPattern pattern{type, text};
    if (!is_principal(pattern)) return malformed("Invalid principal in policy: \"" + type + "\":\"" + text + "\"");
    out.principals.push_back(std::move(pattern));
  }
  return {};
}

Result<void> read_principals(const Object& object, PolicyKind kind, Statement& out) {
  const Document* is = find(object, "Principal");
  const Document* is_not = find(object, "NotPrincipal");
  if (kind == PolicyKind::identity && (is || is_not)) return malformed("Policy document should not specify a principal.");
  if (kind == PolicyKind::identity) return {};
  if (!is && !is_not) return malformed("Missing required field Principal");
  if (is && is_not) return malformed(syntax);
  if (kind == PolicyKind::trust && is_not) return malformed("Has prohibited field NotPrincipal");
  out.has_principal = true;
  out.all_but_principals = is_not != nullptr;
  const Document& value = is ? *is : *is_not;
  if (value.is_string() && value.as_string() == "*") {
    out.principals.push_back({"*", "*"});
    return {};
  }
  if (!value.is_object() || value.as_object().empty()) return malformed(syntax);
  for (const auto& member : value.as_object())
    if (auto added = add_principals(std::string(member.key()), member.value(), out); !added) return added;
  return {};
}

Result<void> read_conditions(const Object& object, Statement& out) {
  const Document* conditions = find(object, "Condition");
  if (!conditions) return {};
  if (!conditions->is_object()) return malformed(syntax);
  for (const auto& block : conditions->as_object()) {
    const auto op = parse_operator(block.key());
    if (!op) return malformed("Invalid Condition type : " + std::string(block.key()) + ".");
    if (!block.value().is_object()) return malformed(syntax);
    for (const auto& entry : block.value().as_object()) {
      auto values = strings(entry.value(), true);
      if (!values) return malformed(syntax);
      if (entry.key().find(':') == std::string_view::npos)
        return malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
      out.conditions.push_back({op->op, op->quantifier, op->if_exists, std::string(entry.key()), std::move(*values)});
    }
  }
  return {};
}

Result<void> check_members(const Object& object) {
  constexpr std::array<std::string_view, 9> known{"Sid",         "Effect",    "Action",       "NotAction", "Resource",
                                                  "NotResource", "Principal", "NotPrincipal", "Condition"};
  for (const auto& member : object)
    if (std::find(known.begin(), known.end(), std::string_view(member.key())) == known.end()) return malformed(syntax);
  return {};
}

Result<Statement> read_statement(const Document& value, PolicyKind kind) {
  if (!value.is_object()) return malformed(syntax);
  const Object& object = value.as_object();
  Statement out;
  if (auto known = check_members(object); !known) return std::unexpected(known.error());
  const std::string effect = text_or(value, "Effect");
  if (effect != "Allow" && effect != "Deny") return malformed(syntax);
  out.effect = effect == "Allow" ? Effect::allow : Effect::deny;
  out.sid = text_or(value, "Sid");
  if (auto read = read_principals(object, kind, out); !read) return std::unexpected(read.error());
  if (auto read = read_actions(object, kind, out); !read) return std::unexpected(read.error());
  if (auto read = read_resources(object, kind, out); !read) return std::unexpected(read.error());
  if (auto read = read_conditions(object, out); !read) return std::unexpected(read.error());
  return out;
}

Result<void> add_statement(const Document& value, PolicyKind kind, std::set<std::string>& sids, Policy& policy) {
  auto statement = read_statement(value, kind);
  if (!statement) return std::unexpected(statement.error());
  if (!statement->sid.empty() && !sids.insert(statement->sid).second)
    return malformed("Statement IDs (SID) in a single policy must be unique.");
  policy.statements.push_back(std::move(*statement));
  return {};
}

}  // namespace

Result<Policy> parse_policy(std::string_view text, PolicyKind kind) {
  const auto document = parse_json(text, 16);
  if (!document || !document->is_object()) return malformed(syntax);
  for (const auto& member : document->as_object())
    if (member.key() != "Version" && member.key() != "Id" && member.key() != "Statement") return malformed(syntax);
  Policy policy;
  if (find(*document, "Version")) policy.version = text_or(*document, "Version");
  if (policy.version != "2012-10-17" && policy.version != "2008-10-17") return malformed("The policy must contain a valid version string");
  const Document* statements = find(*document, "Statement");
  if (!statements) return malformed(syntax);
  std::set<std::string> sids;
  if (!statements->is_array()) {
    if (auto added = add_statement(*statements, kind, sids, policy); !added) return std::unexpected(added.error());
    return policy;
  }
  if (statements->as_array().empty()) return malformed(syntax);
  for (const Document& statement : statements->as_array())
    if (auto added = add_statement(statement, kind, sids, policy); !added) return std::unexpected(added.error());
  return policy;
}

bool is_condition_operator(std::string_view text) { return parse_operator(text).has_value(); }

}  // namespace tocsin::access
