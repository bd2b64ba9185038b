#include "diagnose/investigations/service_comparison.h"

#include <gtest/gtest.h>

namespace tocsin::diagnose {
namespace {

ServiceFigures figures(double requests_per_s, double fault_rate, double latency_ms) {
  return {.seconds = 60, .requests = requests_per_s * 60, .faults = requests_per_s * 60 * fault_rate, .latency_ms_sum = requests_per_s * 60 * latency_ms};
}

ObservedService service(std::string name, std::vector<std::string> callees, ServiceFigures before, ServiceFigures now) {
  return {.name = std::move(name), .callees = std::move(callees), .before = before, .now = now};
}

TEST(Suspects, TheDeepestFailingServiceIsBlamedNotItsCallers) {
  const auto suspects = rank_suspects({service("storefront", {"catalog", "checkout"}, figures(20, 0, 100), figures(20, 0.3, 200)),
                                       service("checkout", {"catalog", "payments"}, figures(13, 0, 130), figures(13, 0.45, 280)),
                                       service("payments", {}, figures(13, 0, 120), figures(13, 0.45, 270)),
                                       service("catalog", {}, figures(20, 0, 60), figures(20, 0, 61))});
  ASSERT_EQ(suspects.size(), 1u);
  EXPECT_EQ(suspects[0].service, "payments");
}

TEST(Suspects, ASlowServiceThatFailsNothingIsFoundByItsTime) {
  const auto suspects = rank_suspects({service("web", {"db"}, figures(10, 0, 50), figures(10, 0, 450)), service("db", {}, figures(10, 0, 5), figures(10, 0, 400))});
  ASSERT_FALSE(suspects.empty());
  EXPECT_EQ(suspects[0].service, "db");
}

TEST(Suspects, TooLittleDataGivesNoGuess) {
  const auto quiet = service("a", {}, figures(0.1, 0, 50), figures(0.1, 1, 50));
  EXPECT_FALSE(is_worse(quiet));
  EXPECT_TRUE(rank_suspects({quiet}).empty());
  EXPECT_EQ(describe_change(quiet), "not enough data: 6 requests before, 6 now");
}

TEST(Suspects, AServiceThatFailsBeyondItsCalleesIsASuspectToo) {
  const auto suspects = rank_suspects({service("a", {"b"}, figures(20, 0, 50), figures(20, 0.5, 50)), service("b", {}, figures(20, 0, 10), figures(20, 0.1, 10))});
  ASSERT_EQ(suspects.size(), 2u);
  EXPECT_EQ(suspects[0].service, "a");
  EXPECT_EQ(suspects[1].service, "b");
}

TEST(ServiceChange, IsToldWithItsNumbers) {
  EXPECT_EQ(describe_change(service("a", {}, figures(13, 0, 60), figures(13, 0.45, 180))),
            "faults 45.0 % (before 0.0 %), latency avg 180 ms (before 60 ms), p99 0 ms (before 0 ms), 13.0 requests/s (before 13.0/s)");
}

}  // namespace
}  // namespace tocsin::diagnose
