#include "telemetry/logs/data_protection/data_masks.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/random.h"
#include "fuzz/input_count.h"

namespace tocsin::telemetry {
namespace {

std::string policy(std::vector<std::string> identifiers, const std::string& custom = "[]") {
  Array names;
  for (const std::string& each : identifiers)
    names.emplace_back(each.starts_with("My") ? each : "arn:aws:dataprotection::aws:data-identifier/" + each);
  return R"({"Name":"p","Version":"2021-06-01","Statement":[{"Sid":"audit","DataIdentifier":)" + to_json(Document(names)) +
         R"(,"Operation":{"Audit":{"FindingsDestination":{}}}},{"Sid":"mask","DataIdentifier":)" + to_json(Document(names)) +
         R"(,"Operation":{"Deidentify":{"MaskConfig":{}}}}],"Configuration":{"CustomDataIdentifier":)" + custom + "}}";
}

std::string masked(std::vector<std::string> identifiers, std::string_view message, const std::string& custom = "[]") {
  DataMasks masks;
  const auto added = masks.add_policy(policy(std::move(identifiers), custom), {});
  EXPECT_TRUE(added) << (added ? "" : added.error().message);
  return masks.masked(message, 1);
}

TEST(DataMasks, ManagedIdentifiersBecomeAsterisks) {
  EXPECT_EQ(masked({"EmailAddress"}, "user jane@example.com in"), "user **************** in");
  EXPECT_EQ(masked({"IpAddress"}, "from 192.168.0.1: ok"), "from ***********: ok");
  EXPECT_EQ(masked({"CreditCardNumber"}, "card 4111 1111 1111 1111."), "card *******************.");
  EXPECT_EQ(masked({"CreditCardNumber"}, "order 4111 1111 1111 1112."), "order 4111 1111 1111 1112.");
  EXPECT_EQ(masked({"Ssn-US"}, "id 123-45-6789"), "id ***********");
  EXPECT_EQ(masked({"AwsSecretKey"}, "key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY;"), "key=****************************************;");
  EXPECT_EQ(masked({"BankAccountNumber-DE"}, "DE89 3704 0044 0532 0130 00"), "***************************");
  EXPECT_EQ(masked({"EmailAddress", "IpAddress"}, "a@b.cc 10.0.0.1 a@b.cc"), "****** ******** ******");
}

TEST(DataMasks, CustomIdentifiersAreRegularExpressions) {
  EXPECT_EQ(masked({"MyId"}, "EmployeeId-123456789 came", R"([{"Name":"MyId","Regex":"EmployeeId-\\d{9}"}])"), "******************** came");
}

TEST(DataMasks, WhatCameBeforeThePolicyIsShown) {
  DataMasks masks;
  ASSERT_TRUE(masks.add_policy(policy({"EmailAddress"}), {{"arn:aws:dataprotection::aws:data-identifier/EmailAddress", 100}}));
  EXPECT_EQ(masks.masked("a@b.cc", 99), "a@b.cc");
  EXPECT_EQ(masks.masked("a@b.cc", 100), "******");
  const auto first = data_protection_setting(policy({"EmailAddress"}), std::nullopt, 100);
  const auto second = data_protection_setting(policy({"EmailAddress", "IpAddress"}), Document(*first), 200);
  EXPECT_EQ(
      to_json(second->at("since")),
      R"({"arn:aws:dataprotection::aws:data-identifier/EmailAddress":100,"arn:aws:dataprotection::aws:data-identifier/IpAddress":200})");
}

TEST(DataMasks, BrokenPoliciesAreRefused) {
  DataMasks masks;
  EXPECT_FALSE(masks.add_policy("{}", {}));
  EXPECT_FALSE(masks.add_policy(policy({}), {}));
  EXPECT_FALSE(masks.add_policy(policy({"MyId"}), {}));
  EXPECT_FALSE(masks.add_policy(policy({"MyId"}, R"([{"Name":"MyId","Regex":"("}])"), {}));
  EXPECT_EQ(masks.add_policy(policy({"Name"}), {}).error().kind, ErrorKind::unsupported);
}

// Strategy: any bytes. Invariant: as long as before, no crash.
TEST(DataMasksFuzz, AnyMessageKeepsItsLength) {
  SeededRandom random{9};
  DataMasks masks;
  ASSERT_TRUE(masks.add_policy(
      policy({"EmailAddress", "IpAddress", "CreditCardNumber", "Ssn-US", "LatLong", "PhoneNumber-US", "OpenSshPrivateKey"}), {}));
  for (int i = 0; i < fuzz::input_count(2000); ++i) {
    const std::string text = random.letters("0123456789.-@ab:\xff ,", 60);
    EXPECT_EQ(masks.masked(text, 1).size(), text.size());
  }
}

}  // namespace
}  // namespace tocsin::telemetry
