// A packed list of numbers leaves as the same bytes as the list of its nodes, in every protocol.
#include "wire/aws/packed_lists.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cmath>
#include <limits>

#include "base/random.h"
#include "wire/aws/codec.h"
#include "wire/aws/service_models.h"

namespace tocsin::wire {
namespace {

class PackedLists : public ::testing::Test {
 protected:
  const ServiceModel* service = models().find("cloudwatch");
  const OperationModel* operation = service->operation("GetMetricData");

  static const ServiceModels& models() {
    static const ServiceModels all;
    return all;
  }
  /// An answer with both lists, packed.
  static Document packed(const std::vector<std::int64_t>& times, const std::vector<double>& values) {
    NumberPacker packed_times(times.size()), packed_values(values.size());
    for (std::size_t i = 0; i < times.size(); ++i) packed_times.set(i, times[i]);
    for (std::size_t i = 0; i < values.size(); ++i) packed_values.set(i, values[i]);
    return Object{
        {"MetricDataResults", Array{Object{{"Id", "m1"}, {"Timestamps", packed_times.take()}, {"Values", packed_values.take()}}}}};
  }
  void expect_same(const Document& answer) {
    Document nodes = answer;
    unpack_lists(nodes, *operation->output);
    EXPECT_TRUE(array_at(nodes, "MetricDataResults")[0].at("Values").is_array());
    for (const Protocol protocol : {Protocol::json_1_0, Protocol::rpc_v2_cbor, Protocol::query}) {
      const Route route{.service = service, .operation = operation, .protocol = protocol};
      EXPECT_EQ(codec_of(protocol).write(route, answer, "id").body, codec_of(protocol).write(route, nodes, "id").body);
    }
  }
};

TEST_F(PackedLists, LeaveAsTheSameBytes) {
  SeededRandom random(5);
  std::vector<std::int64_t> times = {0,
                                     -1,
                                     1'000'000'000,
                                     65'535'000'000'000,
                                     65'536'000'000'000,
                                     1'795'348'800'000'000'000,
                                     1'795'348'800'500'000'000,
                                     1'795'348'800'500'000'001,
                                     -1'500'000'000,
                                     4'294'967'296'000'000'000};
  std::vector<double> values = {0, -0.0, 1, 1e21, 5e-324, std::numeric_limits<double>::max(), NAN, INFINITY, -INFINITY, 0.1 + 0.2};
  for (int i = 0; i < 2'000; ++i) {
    times.push_back(static_cast<std::int64_t>(random.next() % 4'000'000'000ULL) * 1'000'000'000);
    values.push_back(static_cast<double>(static_cast<std::int64_t>(random.next() >> 20)) / 100);
  }
  expect_same(packed(times, values));
}

TEST_F(PackedLists, MayBeEmpty) { expect_same(packed({}, {})); }

}  // namespace
}  // namespace tocsin::wire
