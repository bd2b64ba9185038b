// The same queries over the same series as a stock Prometheus 2.42 answered them (testdata/record_answers.py).
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <map>

#include "base/document.h"
#include "telemetry/promql/promql_evaluator.h"

namespace tocsin::promql {
namespace {

double number_of(const Document& value) {
  if (const auto number = as_number(value)) return *number;
  const std::string text(value.as_string());
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "+Inf") return std::numeric_limits<double>::infinity();
  if (text == "-Inf") return -std::numeric_limits<double>::infinity();
  return std::stod(text);
}

Labels labels_of(const Document& object) {
  Labels labels;
  for (const auto& [name, value] : object.as_object())
    set_label(labels, std::string_view(name.data(), name.size()), std::string(value.as_string()));
  return labels;
}

class RecordedSeries final : public SeriesSource {
 public:
  explicit RecordedSeries(const std::string& path) {
    std::ifstream in(path);
    for (std::string line; std::getline(in, line);) {
      const Document row = parse_json(line).value();
      Series series{labels_of(*find(row, "labels")), {}};
      for (const Document& sample : array_at(row, "samples"))
        series.samples.push_back({sample.as_array()[0].as_int64(), number_of(sample.as_array()[1])});
      series_.push_back(std::move(series));
    }
  }
  Result<std::vector<Series>> select(const std::vector<Matcher>& matchers, std::int64_t from_ms, std::int64_t to_ms) override {
    const auto set = MatcherSet::make(matchers);
    if (!set) return std::unexpected(set.error());
    std::vector<Series> found;
    for (const Series& each : series_) {
      if (!set->matches(each.labels)) continue;
      Series part{each.labels, {}};
      for (const Sample& sample : each.samples)
        if (sample.time_ms >= from_ms && sample.time_ms <= to_ms) part.samples.push_back(sample);
      found.push_back(std::move(part));
    }
    return found;
  }

 private:
  std::vector<Series> series_;
};

/// Sums of floats taken in another order differ in their last digits.
bool alike(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  if (std::isinf(a) || std::isinf(b)) return a == b;
  return std::fabs(a - b) <= 1e-12 * std::max({std::fabs(a), std::fabs(b), 1e-300}) || std::fabs(a - b) < 1e-13;
}

void expect_vector(const Vector& got, const Document& wanted, const std::string& query) {
  std::map<std::string, double> by_labels;
  for (const Element& element : got) by_labels[key_of(element.labels)] = element.value;
  EXPECT_EQ(by_labels.size(), got.size()) << query;
  EXPECT_EQ(got.size(), wanted.as_array().size()) << query;
  for (const Document& each : wanted.as_array()) {
    const auto found = by_labels.find(key_of(labels_of(each.as_array()[0])));
    if (found == by_labels.end()) {
      ADD_FAILURE() << query << " lacks " << to_json(each);
      continue;
    }
    EXPECT_TRUE(alike(found->second, number_of(each.as_array()[1]))) << query << ": " << to_json(each) << " but " << found->second;
  }
}

TEST(PromQl, GivesTheNumbersOfAStockPrometheus) {
  const char* const other = std::getenv("TOCSIN_PROMQL_ANSWERS");  // of queries at random, made just now: tests/senders
  const std::string folder = other ? std::string(other) + "/" : std::string(TOCSIN_SOURCE_DIR) + "/src/telemetry/promql/testdata/";
  RecordedSeries source(folder + "series.jsonl");
  std::ifstream in(folder + "answers.jsonl");
  int count = 0;
  for (std::string line; std::getline(in, line); ++count) {
    const Document row = parse_json(line).value();
    const std::string query = text_or(row, "query");
    const auto expr = parse_promql(query);
    // what is no query to one is none to the other
    if (const auto error = text_at(row, "error"); error && error->contains("parse error")) {
      EXPECT_FALSE(expr) << query;
      continue;
    }
    if (!expr) {
      EXPECT_TRUE(expr) << query << ": " << expr.error().message;
      continue;
    }
    const auto got = evaluate_promql(*expr, source, integer_or(row, "at_ms", 0));
    if (const auto error = text_at(row, "error")) {
      EXPECT_FALSE(got) << query << ": " << *error;
      if (got) continue;
      EXPECT_EQ(got.error().message.substr(0, 40), error->substr(0, 40));
      continue;
    }
    if (!got) {
      EXPECT_TRUE(got) << query << ": " << got.error().message;
      continue;
    }
    const Document& wanted = *find(row, "result");
    if (got->type == ValueType::scalar)
      EXPECT_TRUE(alike(got->scalar, number_of(wanted.as_array()[1]))) << query << ": " << to_json(wanted) << " but " << got->scalar;
    else
      expect_vector(got->vector, wanted, query);
  }
  EXPECT_GT(count, other ? 0 : 450);
}

}  // namespace
}  // namespace tocsin::promql
