#include "communicate/topics/delivery_policy.h"

#include <gtest/gtest.h>

namespace tocsin::communicate {
namespace {

using namespace std::chrono_literals;

std::vector<int> seconds_of(const delivery::RetryPlan& plan) {
  std::vector<int> out;
  for (const Duration delay : plan.delays) out.push_back(static_cast<int>(std::chrono::duration_cast<std::chrono::seconds>(delay).count()));
  return out;
}

TEST(DeliveryPolicy, ByDefaultThreeRetriesTwentySecondsApart) {
  EXPECT_EQ(seconds_of(DeliveryPolicy{}.healthy_retry.plan()), (std::vector<int>{20, 20, 20}));
}

TEST(DeliveryPolicy, HasFourPhases) {
  const auto policy = parse_delivery_policy(
      R"({"healthyRetryPolicy":{"minDelayTarget":1,"maxDelayTarget":60,"numRetries":9,"numNoDelayRetries":3,"numMinDelayRetries":2,"numMaxDelayRetries":1,"backoffFunction":"linear"}})");
  ASSERT_TRUE(policy) << policy.error().message;
  EXPECT_EQ(seconds_of(policy->healthy_retry.plan()), (std::vector<int>{0, 0, 0, 1, 1, 1, 30, 60, 60}));
}

TEST(DeliveryPolicy, BacksOffForCustomerManagedEndpoints) {
  const auto delays = seconds_of(customer_managed_plan());
  ASSERT_EQ(delays.size(), 50u);
  EXPECT_EQ(delays[0], 10);
  EXPECT_EQ(delays[2], 10);
  EXPECT_EQ(delays[11], 600);
  EXPECT_EQ(delays[49], 600);
  EXPECT_TRUE(std::ranges::is_sorted(delays));
}

TEST(DeliveryPolicy, RefusesWhatIsOutOfRange) {
  for (const char* text :
       {R"({"healthyRetryPolicy":{"numRetries":101}})", R"({"healthyRetryPolicy":{"minDelayTarget":30,"maxDelayTarget":20}})",
        R"({"healthyRetryPolicy":{"numRetries":1,"numNoDelayRetries":2}})",
        R"({"healthyRetryPolicy":{"numRetries":100,"minDelayTarget":60,"maxDelayTarget":60}})",
        R"({"healthyRetryPolicy":{"backoffFunction":"sideways"}})", R"([])", "x"})
    EXPECT_FALSE(parse_delivery_policy(text)) << text;
}

}  // namespace
}  // namespace tocsin::communicate
