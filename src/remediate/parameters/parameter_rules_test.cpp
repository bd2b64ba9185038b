#include "remediate/parameters/parameter_rules.h"

#include <gtest/gtest.h>

#include "fuzz/mutate.h"

namespace tocsin::remediate {
namespace {

TEST(ParameterName, TableOfWhatIsRefused) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"timeout", ""},
      {"/shop/payment/pool-size", ""},
      {"/a.b_c-d/E9", ""},
      {"shop/pool", "ValidationException"},
      {"/shop//pool", "ValidationException"},
      {"/shop/", "ValidationException"},
      {"/shop/pööl", "ValidationException"},
      {"ssm-pool", "ValidationException"},
      {"/SSM/pool", "ValidationException"},
      {"awsPool", "AccessDeniedException"},
      {"/aws/service/x", "AccessDeniedException"},
      {std::string(1012, 'a'), "ValidationException"},
      {"/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16", "HierarchyLevelLimitExceededException"},
      {"/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15", ""},
  };
  for (const auto& [name, code] : cases) {
    const auto checked = check_parameter_name(name);
    EXPECT_EQ(checked ? "" : checked.error().reason, code) << name;
  }
}

TEST(ParameterValue, IsHeldAgainstTierAndPattern) {
  EXPECT_FALSE(check_parameter_value("", ParameterType::string, ParameterTier::standard, ""));
  EXPECT_TRUE(check_parameter_value(std::string(4096, 'x'), ParameterType::string, ParameterTier::standard, ""));
  EXPECT_FALSE(check_parameter_value(std::string(4097, 'x'), ParameterType::string, ParameterTier::standard, ""));
  EXPECT_TRUE(check_parameter_value(std::string(8192, 'x'), ParameterType::string, ParameterTier::advanced, ""));
  EXPECT_EQ(check_parameter_value("12a", ParameterType::string, ParameterTier::standard, "^\\d+$").error().reason,
            "ParameterPatternMismatchException");
  EXPECT_TRUE(check_parameter_value("12", ParameterType::string, ParameterTier::standard, "^\\d+$"));
  EXPECT_EQ(check_parameter_value("12", ParameterType::string, ParameterTier::standard, "([").error().reason,
            "InvalidAllowedPatternException");
}

TEST(ParameterReference, ReadsNamesArnsVersionsAndLabels) {
  EXPECT_EQ(parse_parameter_reference("/shop/pool")->name, "/shop/pool");
  const auto version = parse_parameter_reference("/shop/pool:3");
  EXPECT_EQ(version->version, 3);
  EXPECT_EQ(version->selector, ":3");
  EXPECT_EQ(parse_parameter_reference("/shop/pool:good")->label, "good");
  const auto arn = parse_parameter_reference("arn:aws:ssm:eu-west-1:000000000000:parameter/shop/pool:good");
  EXPECT_EQ(arn->name, "/shop/pool");
  EXPECT_EQ(arn->label, "good");
  EXPECT_FALSE(parse_parameter_reference("/shop/pool:"));
  EXPECT_FALSE(parse_parameter_reference("arn:aws:ssm:eu-west-1:000000000000:document/x"));
}

TEST(ParameterReference, StandsAnyBytes) {
  fuzz::mutate({"/shop/pool:3", "arn:aws:ssm:eu-west-1:000000000000:parameter/shop/pool:good"}, 3000, [](std::string_view text) {
    (void)parse_parameter_reference(text);
    (void)check_parameter_name(text);
    (void)is_below(text, "/shop", true);
  });
}

TEST(ParameterPath, HoldsWhatLiesBelow) {
  EXPECT_TRUE(is_below("/shop/pool", "/shop", false));
  EXPECT_TRUE(is_below("/shop/pool", "/shop/", false));
  EXPECT_FALSE(is_below("/shop/db/pool", "/shop", false));
  EXPECT_TRUE(is_below("/shop/db/pool", "/shop", true));
  EXPECT_FALSE(is_below("/shopping/pool", "/shop", true));
  EXPECT_FALSE(is_below("/shop", "/shop", true));
  EXPECT_TRUE(is_below("/shop/db/pool", "/", true));
  EXPECT_TRUE(is_below("pool", "/", false));
}

}  // namespace
}  // namespace tocsin::remediate
