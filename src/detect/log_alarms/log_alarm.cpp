#include "detect/log_alarms/log_alarm.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

namespace tocsin::detect {
namespace {

std::string trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return std::string(text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1));
}

std::optional<double> number_in(const std::string& text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::string query_of_log_alarm(const Document& configuration) {
  const std::string query = trimmed(text_or(configuration, "QueryString"));
  std::string aggregation = trimmed(text_or(configuration, "AggregationExpression"));
  // "avg(latency) by host | sort desc": all values are compared, so their order is of no matter
  if (const std::size_t bar = aggregation.rfind('|'); bar != std::string::npos) {
    const std::string order = trimmed(std::string_view(aggregation).substr(bar + 1));
    if (order == "sort desc" || order == "sort asc" || order == "sort") aggregation = trimmed(std::string_view(aggregation).substr(0, bar));
  }
  if (!aggregation.starts_with("stats ")) aggregation = "stats " + aggregation;
  return query.empty() ? aggregation : query + (query.ends_with('|') ? " " : " | ") + aggregation;
}

std::string query_name_of(const std::string& alarm) {
  std::string name = "log-alarm/";
  for (const char c : alarm) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' || c == '/';
    name += plain ? std::string(1, c) : fmt::format("#{:02X}", static_cast<unsigned char>(c));
  }
  return name;
}

Object scheduled_query_of(const Document& configuration, const std::string& name) {
  const Document* schedule = find(configuration, "ScheduleConfiguration");
  Object query{{"name", name},
               {"queryLanguage", "CWLI"},
               {"queryString", query_of_log_alarm(configuration)},
               {"executionRoleArn", text_or(configuration, "ScheduledQueryRoleARN")},
               {"scheduleExpression", schedule ? text_or(*schedule, "ScheduleExpression") : ""},
               {"startTimeOffset", schedule ? integer_or(*schedule, "StartTimeOffset", 0) : 0},
               {"endTimeOffset", schedule ? integer_or(*schedule, "EndTimeOffset", 0) : 0},
               {"state", "ENABLED"}};
  if (const Document* groups = find(configuration, "LogGroupIdentifiers")) query["logGroupIdentifiers"] = *groups;
  return query;
}

std::vector<LogValue> values_of(const std::vector<LogQueryRow>& rows) {
  std::vector<LogValue> values;
  for (const LogQueryRow& row : rows) {
    const auto number = std::find_if(row.rbegin(), row.rend(), [](const auto& field) { return number_in(field.second).has_value(); });
    if (number == row.rend()) continue;
    LogValue value{*number_in(number->second), {}};
    for (auto field = row.begin(); field != number.base() - 1; ++field)
      value.group += (value.group.empty() ? "" : ", ") + field->first + "=" + field->second;
    values.push_back(std::move(value));
  }
  return values;
}

std::optional<LogValue> worst_of(const std::vector<LogValue>& values, Comparison comparison) {
  if (values.empty()) return std::nullopt;
  const bool low = comparison == Comparison::less || comparison == Comparison::less_or_equal;
  return *std::max_element(values.begin(), values.end(),
                           [low](const LogValue& a, const LogValue& b) { return low ? a.value > b.value : a.value < b.value; });
}

Result<AlarmTerms> terms_of_log_alarm(const Document& definition) {
  AlarmTerms terms;
  terms.evaluation_periods = integer_or(definition, "QueryResultsToEvaluate", 1);
  terms.datapoints_to_alarm = integer_or(definition, "QueryResultsToAlarm", 1);
  terms.counts_given = true;
  terms.threshold = number_at(definition, "Threshold").value_or(0);
  const auto comparison = parse_comparison(text_or(definition, "ComparisonOperator"));
  const bool by_band =
      comparison == Comparison::outside_band || comparison == Comparison::below_band || comparison == Comparison::above_band;
  if (!comparison || by_band) return fail(ErrorKind::invalid, "The ComparisonOperator of a log alarm must compare with a Threshold.");
  terms.comparison = *comparison;
  const auto missing = parse_missing_data(text_or(definition, "TreatMissingData", "missing"));
  if (!missing) return fail(ErrorKind::invalid, "Invalid value for TreatMissingData: " + text_or(definition, "TreatMissingData"));
  terms.missing = *missing;
  if (terms.datapoints_to_alarm > terms.evaluation_periods)
    return fail(ErrorKind::invalid, "QueryResultsToAlarm must not be greater than QueryResultsToEvaluate.");
  return terms;
}

}  // namespace tocsin::detect
