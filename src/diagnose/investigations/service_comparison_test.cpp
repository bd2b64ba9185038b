#include "diagnose/investigations/service_comparison.h"

#include <gtest/gtest.h>

namespace tocsin::diagnose {
namespace {

ServiceFigures figures(double requests_per_s, double fault_rate, double latency_ms) {
  return {.seconds = 60,
          .requests = requests_per_s * 60,
          .faults = requests_per_s * 60 * fault_rate,
          .latency_ms_sum = requests_per_s * 60 * latency_ms};
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
  EXPECT_EQ(suspects[0].name, "payments");
}

TEST(Suspects, ASlowServiceThatFailsNothingIsFoundByItsTime) {
  const auto suspects = rank_suspects(
      {service("web", {"db"}, figures(10, 0, 50), figures(10, 0, 450)), service("db", {}, figures(10, 0, 5), figures(10, 0, 400))});
  ASSERT_FALSE(suspects.empty());
  EXPECT_EQ(suspects[0].name, "db");
}

TEST(Suspects, TooLittleDataGivesNoGuess) {
  const auto quiet = service("a", {}, figures(0.1, 0, 50), figures(0.1, 1, 50));
  EXPECT_FALSE(is_worse(quiet));
  EXPECT_TRUE(rank_suspects({quiet}).empty());
  EXPECT_EQ(describe_change(quiet), "not enough data: 6 requests before, 6 now");
}

TEST(Suspects, AServiceThatFailsBeyondItsCalleesIsASuspectToo) {
  const auto suspects = rank_suspects(
      {service("a", {"b"}, figures(20, 0, 50), figures(20, 0.5, 50)), service("b", {}, figures(20, 0, 10), figures(20, 0.1, 10))});
  ASSERT_EQ(suspects.size(), 2u);
  EXPECT_EQ(suspects[0].name, "a");
  EXPECT_EQ(suspects[1].name, "b");
}

TEST(Suspects, AServiceThatAnswersNothingAnyMoreIsBlamedNotItsCallersThatFail) {
  auto gone = service("payments", {}, figures(13, 0, 120), figures(2, 0, 120));
  gone.silent_s = 12;
  const auto suspects = rank_suspects({service("storefront", {"catalog", "checkout"}, figures(20, 0, 100), figures(20, 0.65, 60)),
                                       service("checkout", {"catalog", "payments"}, figures(13, 0, 130), figures(13, 1, 60)), gone,
                                       service("catalog", {}, figures(20, 0, 60), figures(20, 0, 61))});
  ASSERT_EQ(suspects.size(), 1u);
  EXPECT_EQ(suspects[0].name, "payments");
  EXPECT_EQ(suspects[0].kind, SuspectKind::silent_service);
  EXPECT_EQ(describe_suspect(suspects[0], {gone}), "no request since 12 s (before 13.0 requests/s), and its callers fail");
}

TEST(Suspects, AServiceThatNobodyCallsAnyMoreIsNoSuspect) {
  auto quiet = service("payments", {}, figures(13, 0, 120), figures(2, 0, 120)),
       gone = service("checkout", {"payments"}, figures(13, 0, 130), figures(2, 0, 130));
  quiet.silent_s = gone.silent_s = 12;
  const auto suspects = rank_suspects({service("storefront", {"checkout"}, figures(20, 0, 100), figures(20, 0.65, 60)), gone, quiet});
  ASSERT_EQ(suspects.size(), 1u);
  EXPECT_EQ(suspects[0].name, "checkout");
}

TEST(Suspects, ARareServiceIsNotHeldForGone) {
  auto rare = service("reports", {}, figures(0.2, 0, 120), figures(0, 0, 0));
  rare.silent_s = 60;
  EXPECT_FALSE(is_silent(rare));
}

TEST(Suspects, ASlowDependencyIsBlamedNotTheServicesThatWaitForIt) {
  auto payments = service("payments", {}, figures(13, 0, 120), figures(13, 0.5, 500)),
       catalog = service("catalog", {}, figures(20, 0, 70), figures(20, 0.3, 400));
  payments.dependencies = {{"postgresql", "10.0.0.2", figures(13, 0, 110), figures(8, 0, 420)}};
  catalog.dependencies = {{"postgresql", "10.0.0.2", figures(20, 0, 60), figures(16, 0, 370)}};
  const std::vector<ObservedService> all = {service("storefront", {"catalog", "payments"}, figures(20, 0, 100), figures(20, 0.6, 900)),
                                            payments, catalog};
  const auto suspects = rank_suspects(all);
  ASSERT_FALSE(suspects.empty());
  EXPECT_EQ(suspects[0].kind, SuspectKind::dependency);
  EXPECT_EQ(suspects[0].name, "postgresql");
  EXPECT_EQ(describe_suspect(suspects[0], all),
            "postgresql at 10.0.0.2 answers payments in 420 ms (before 110 ms), catalog in 370 ms (before 60 ms)");
}

TEST(Suspects, ADependencyThatIsAsFastAsBeforeLeavesTheBlameWithTheService) {
  auto payments = service("payments", {}, figures(13, 0, 120), figures(13, 0.5, 300));
  payments.dependencies = {{"postgresql", "10.0.0.2", figures(13, 0, 110), figures(8, 0, 112)}};
  const auto suspects = rank_suspects({payments});
  ASSERT_EQ(suspects.size(), 1u);
  EXPECT_EQ(suspects[0].kind, SuspectKind::service);
}

TEST(ServiceChange, IsToldWithItsNumbers) {
  EXPECT_EQ(describe_change(service("a", {}, figures(13, 0, 60), figures(13, 0.45, 180))),
            "faults 45.0 % (before 0.0 %), latency avg 180 ms (before 60 ms), p99 0 ms (before 0 ms), 13.0 requests/s (before 13.0/s)");
}

}  // namespace
}  // namespace tocsin::diagnose
