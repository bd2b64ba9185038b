#include "telemetry/dashboards/dashboards.h"

#include <gtest/gtest.h>

#include "storage/embedded/sqlite_database.h"

namespace tocsin::telemetry {
namespace {

TEST(Dashboards, AreKeptListedByPrefixAndRemoved) {
  const auto database = storage::open_memory_database();
  Dashboards dashboards(*database);
  ASSERT_TRUE(dashboards.migrate());
  for (const char* name : {"shop", "shop-eu", "zoo"}) EXPECT_TRUE(dashboards.put({"1", name, "{\"widgets\": []}", instant_from_ms(5)}));
  EXPECT_FALSE(dashboards.put({"1", "zoo", "{}", instant_from_ms(6)}));
  EXPECT_EQ(dashboards.find("1", "zoo")->body, "{}");
  EXPECT_FALSE(dashboards.find("2", "zoo"));
  EXPECT_EQ(dashboards.find("1", "shop")->arn(), "arn:aws:cloudwatch::1:dashboard/shop");
  EXPECT_EQ(dashboards.list("1", "shop", "", 10).size(), 2u);
  EXPECT_EQ(dashboards.list("1", "shop", "shop", 10).front().name, "shop-eu");
  EXPECT_EQ(dashboards.list("1", "", "", 1).size(), 1u);
  dashboards.remove("1", "shop");
  EXPECT_FALSE(dashboards.find("1", "shop"));
}

}  // namespace
}  // namespace tocsin::telemetry
