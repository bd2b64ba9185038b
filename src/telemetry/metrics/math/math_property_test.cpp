// Random expressions over random series against a slow, obvious evaluation: a value per minute, one minute at a time.
#include <gtest/gtest.h>

#include <optional>

#include "base/random.h"
#include "telemetry/metrics/math/given_metrics.h"
#include "telemetry/metrics/math/metric_query.h"

namespace tocsin::telemetry {
namespace {
using namespace std::chrono_literals;

const Instant start = instant_from_ms(1'795'003'200'000);
constexpr std::size_t minutes = 12;
using Column = std::vector<std::optional<double>>;

struct Formula {
  std::string text;
  Column values;
};

std::optional<double> finite(double value) { return std::isfinite(value) ? std::optional(value) : std::nullopt; }

class MathProperty : public testing::Test {
 protected:
  std::uint64_t below(std::uint64_t bound) { return random.below(bound); }

  Column column() {
    Column values(minutes);
    for (auto& value : values)
      if (below(4) != 0) value = static_cast<double>(below(21)) - 10;
    return values;
  }

  Formula two(const Formula& a, const Formula& b) {
    static const char* names[] = {"+", "-", "*", "/", "<", ">=", "==", "!=", "&&", "||"};
    const std::string name = names[below(10)];
    Formula result{"(" + a.text + " " + name + " " + b.text + ")", Column(minutes)};
    for (std::size_t i = 0; i < minutes; ++i) {
      if (!a.values[i] && !b.values[i]) continue;
      const double x = a.values[i].value_or(0), y = b.values[i].value_or(0);
      if (name == "+") result.values[i] = finite(x + y);
      if (name == "-") result.values[i] = finite(x - y);
      if (name == "*") result.values[i] = finite(x * y);
      if (name == "/" && y != 0) result.values[i] = finite(x / y);
      if (name == "<") result.values[i] = x < y;
      if (name == ">=") result.values[i] = x >= y;
      if (name == "==") result.values[i] = x == y;
      if (name == "!=") result.values[i] = x != y;
      if (name == "&&") result.values[i] = x != 0 && y != 0;
      if (name == "||") result.values[i] = x != 0 || y != 0;
    }
    return result;
  }

  Formula conditional(const Formula& c, const Formula& a, const Formula& b) {
    Formula result{"IF(" + c.text + ", " + a.text + ", " + b.text + ")", Column(minutes)};
    for (std::size_t i = 0; i < minutes; ++i)
      if (c.values[i]) result.values[i] = (*c.values[i] != 0 ? a : b).values[i].value_or(0);
    return result;
  }

  Formula filled(const Formula& a) {
    Formula result{"FILL(" + a.text + ", REPEAT)", a.values};
    for (std::size_t i = 1; i < minutes; ++i)
      if (!result.values[i]) result.values[i] = result.values[i - 1];
    return result;
  }

  Formula running(const Formula& a) {
    Formula result{"RUNNING_SUM(" + a.text + ")", a.values};
    double sum = 0;
    for (auto& value : result.values)
      if (value) value = sum += *value;
    return result;
  }

  Formula shifted_by_sum(const Formula& a) {
    Formula result{"(" + a.text + " - SUM(" + a.text + "))", a.values};
    double sum = 0;
    for (const auto& value : a.values) sum += value.value_or(0);
    for (auto& value : result.values)
      if (value) value = finite(*value - sum);
    return result;
  }

  Formula greatest(const Formula& a, const Formula& b) {
    Formula result{"MAX([" + a.text + ", " + b.text + "])", a.values};
    for (std::size_t i = 0; i < minutes; ++i)
      if (b.values[i] && (!result.values[i] || *b.values[i] > *result.values[i])) result.values[i] = b.values[i];
    return result;
  }

  Formula formula(int depth) {
    if (depth == 0) {
      const std::size_t place = below(columns.size());
      return {"m" + std::to_string(place), columns[place]};
    }
    switch (below(6)) {
      case 0:
        return conditional(formula(depth - 1), formula(depth - 1), formula(depth - 1));
      case 1:
        return filled(formula(depth - 1));
      case 2:
        return running(formula(depth - 1));
      case 3:
        return shifted_by_sum(formula(depth - 1));
      case 4:
        return greatest(formula(depth - 1), formula(depth - 1));
      default:
        return two(formula(depth - 1), formula(depth - 1));
    }
  }

  SeededRandom random{7};
  std::vector<Column> columns;
};

TEST_F(MathProperty, AgreesWithTheObviousEvaluation) {
  for (int round = 0; round < 2000; ++round) {
    GivenMetrics store(start);
    std::vector<MetricQuery> queries;
    columns.clear();
    for (int i = 0; i < 4; ++i) {
      columns.push_back(column());
      const std::string id = "m" + std::to_string(i);
      auto& values = store.metrics[{"N", id, {}}];
      for (const auto& value : columns.back()) values.push_back(value.value_or(NAN));
      queries.push_back({.id = id,
                         .stat = MetricStat{.metric = {"N", id, {}}, .statistic = *parse_statistic("Sum"), .unit = {}},
                         .expression = {},
                         .label = {},
                         .return_data = false});
    }
    const Formula expected = formula(static_cast<int>(1 + below(3)));
    queries.push_back({.id = "e", .stat = {}, .expression = expected.text, .label = {}});
    const auto results = run_queries(store, {}, queries, start, start + 12min);
    ASSERT_TRUE(results) << expected.text << ": " << results.error().message;
    Column got(minutes);
    for (const TimeValue& point : results->front().points) got[static_cast<std::size_t>((point.time - start) / 1min)] = point.value;
    for (std::size_t i = 0; i < minutes; ++i) {
      ASSERT_EQ(got[i].has_value(), expected.values[i].has_value()) << expected.text << " at " << i;
      EXPECT_NEAR(got[i].value_or(0), expected.values[i].value_or(0), 1e-9 * std::abs(got[i].value_or(0)) + 1e-9)
          << expected.text << " at " << i;
    }
  }
}

}  // namespace
}  // namespace tocsin::telemetry
