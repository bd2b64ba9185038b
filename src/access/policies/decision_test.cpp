#include "access/policies/decision.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>
#include <sstream>

#include "access/policies/policy_parser.h"
#include "base/document.h"
#include "fuzz/mutate.h"

namespace tocsin::access {
namespace {

Document table() {
  std::ifstream file(TOCSIN_SOURCE_DIR "/src/access/policies/testdata/decisions.json");
  std::stringstream text;
  text << file.rdbuf();
  return *parse_json(text.str());
}

SourcedPolicy sourced(const Document& document, PolicyKind kind) {
  auto policy = parse_policy(to_json(document), kind);
  EXPECT_TRUE(policy) << to_json(document) << policy.error().message;
  return {std::make_shared<Policy>(std::move(*policy)), "policy"};
}

PolicySet policies_of(const Document& test) {
  PolicySet out;
  for (const Document& policy : array_at(test, "identity")) out.identity.push_back(sourced(policy, PolicyKind::identity));
  for (const Document& policy : array_at(test, "session")) out.session.push_back(sourced(policy, PolicyKind::identity));
  if (const Document* policy = find(test, "boundary")) out.boundary = sourced(*policy, PolicyKind::identity);
  if (const Document* policy = find(test, "resource_policy")) out.resource = sourced(*policy, PolicyKind::resource);
  if (const Document* policy = find(test, "trust")) {
    out.resource = sourced(*policy, PolicyKind::trust);
    out.resource_must_allow = true;
  }
  out.resource_account = text_or(test, "resource_account");
  return out;
}

AccessRequest request_of(const Document& test) {
  AccessRequest out{.action = text_or(test, "action"), .resource = text_or(test, "resource")};
  const Document& principal = *find(test, "principal");
  out.principal = {text_or(principal, "account"), text_or(principal, "arn"), text_or(principal, "role_arn"),
                   truth_or(principal, "service", false)};
  for (const auto& key : object_at(test, "context"))
    for (const Document& value : key.value().as_array()) out.context[key.key()].emplace_back(value.as_string());
  return out;
}

TEST(Decision, TheTableOfCases) {
  const Document cases = table();
  EXPECT_GE(cases.as_array().size(), 50u);
  for (const Document& test : cases.as_array()) {
    const Decision decision = decide(policies_of(test), request_of(test));
    const char* outcome = decision.allowed()                                         ? "allowed"
                          : decision.outcome == Decision::Outcome::explicitly_denied ? "explicit"
                                                                                     : "implicit";
    EXPECT_EQ(outcome, text_or(test, "expect")) << text_or(test, "name");
    const std::string by = text_or(test, "by");
    const char* names[] = {"identity", "resource", "boundary", "session"};
    EXPECT_EQ(by.empty() ? names[static_cast<int>(decision.by)] : by, names[static_cast<int>(decision.by)]) << text_or(test, "name");
  }
}

TEST(Decision, ARefusalSaysWhyInTheDocumentedWords) {
  const AccessRequest request{.action = "sns:Publish",
                              .resource = "arn:aws:sns:eu-west-1:111122223333:pages",
                              .principal = {"111122223333", "arn:aws:iam::111122223333:user/ann", "", false},
                              .context = {}};
  EXPECT_EQ(denial_words(decide({}, request), request),
            "User: arn:aws:iam::111122223333:user/ann is not authorized to perform: sns:Publish on resource: "
            "arn:aws:sns:eu-west-1:111122223333:pages because no "
            "identity-based policy allows the sns:Publish action");
  EXPECT_EQ(reason_words({.outcome = Decision::Outcome::explicitly_denied, .by = DecidedBy::identity, .matched = {}}, "sns:Publish"),
            "with an explicit deny in an identity-based policy");
  EXPECT_EQ(reason_words({.outcome = Decision::Outcome::explicitly_denied, .by = DecidedBy::boundary, .matched = {}}, "x"),
            "with an explicit deny in a permissions boundary");
}

// Strategy: the documents of the table, damaged. Invariants: parsing and deciding end; what is damaged into another document never turns a
// deny of all into an allow.
TEST(Decision, SurvivesMutatedPolicies) {
  std::vector<std::string> seeds;
  const Document cases = table();
  for (const Document& test : cases.as_array())
    for (const char* member : {"resource_policy", "trust", "boundary"})
      if (const Document* policy = find(test, member)) seeds.push_back(to_json(*policy));
  for (const Document& test : cases.as_array())
    for (const Document& policy : array_at(test, "identity")) seeds.push_back(to_json(policy));
  const SourcedPolicy deny_all =
      sourced(*parse_json(R"({"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}})"), PolicyKind::identity);
  const AccessRequest request = request_of(cases.as_array()[16]);
  fuzz::mutate(seeds, {"\"*\"", "${", "}", "Effect", "Allow", "Not", "ForAnyValue:", "arn:aws:"}, 6000, [&](std::string_view text) {
    for (const PolicyKind kind : {PolicyKind::identity, PolicyKind::resource, PolicyKind::trust}) {
      auto policy = parse_policy(text, kind);
      if (!policy) {
        EXPECT_EQ(policy.error().reason, "MalformedPolicyDocument");
        continue;
      }
      const SourcedPolicy damaged{std::make_shared<Policy>(std::move(*policy)), "damaged"};
      EXPECT_FALSE(
          decide({.identity = {damaged, deny_all}, .boundary = {}, .session = {}, .resource = damaged, .resource_account = {}}, request)
              .allowed());
    }
  });
}

}  // namespace
}  // namespace tocsin::access
