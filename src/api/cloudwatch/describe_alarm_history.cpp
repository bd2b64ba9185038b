// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmHistory.html
#include <boost/json.hpp>
#include <charconv>

#include "api/cloudwatch/operations.h"
#include "api/cloudwatch/reply.h"
#include "detect/alarms/alarm_store.h"

namespace tocsin::api::cloudwatch {
namespace {

using detect::AlarmKind;

Object to_document(const detect::HistoryItem& item) {
  Object document{{"AlarmName", item.alarm_name}, {"AlarmType", to_text(item.kind)}, {"Timestamp", to_ns(item.time)},
                  {"HistoryItemType", item.type}, {"HistorySummary", item.summary},  {"HistoryData", item.data}};
  if (item.contributor_id.empty()) return document;
  document["AlarmContributorId"] = item.contributor_id;
  document["AlarmContributorAttributes"] = parse_json(item.contributor_attributes).value_or(Object{});
  return document;
}

std::optional<Instant> time_at(const Call& call, std::string_view member) {
  const auto ns = integer_at(call.input, member);
  if (!ns) return std::nullopt;
  return instant_from_ns(*ns);
}

/// When no types are named, metric alarms alone are meant.
std::set<AlarmKind> kinds_of(const Call& call) {
  std::set<AlarmKind> kinds;
  for (const std::string& type : texts_at(call.input, "AlarmTypes")) kinds.insert(detect::alarm_kind_of(type));
  if (array_at(call.input, "AlarmTypes").empty()) kinds.insert(AlarmKind::metric);
  return kinds;
}

}  // namespace

Reply describe_alarm_history(Alarms& alarms, const ListTokens& tokens, const Call& call) {
  const auto after = page_start(call, tokens);
  if (!after) return std::unexpected(after.error());
  detect::HistoryFilter filter{.alarm_name = text_or(call.input, "AlarmName"),
                               .contributor_id = text_or(call.input, "AlarmContributorId"),
                               .kinds = kinds_of(call),
                               .type = text_or(call.input, "HistoryItemType"),
                               .from = time_at(call, "StartDate"),
                               .to = time_at(call, "EndDate"),
                               .oldest_first = text_or(call.input, "ScanBy") == "TimestampAscending",
                               .after_sequence = {},
                               .count_max = static_cast<std::size_t>(integer_or(call.input, "MaxRecords", 100))};
  if (!after->empty()) {
    std::int64_t sequence = 0;
    std::from_chars(after->data(), after->data() + after->size(), sequence);
    filter.after_sequence = sequence;
  }
  auto items = filter.kinds.empty() ? std::vector<detect::HistoryItem>{} : alarms.store().history(call.scope, filter);
  const bool more = items.size() > filter.count_max;
  if (more) items.resize(filter.count_max);
  Array listed;
  for (const detect::HistoryItem& item : items) listed.emplace_back(to_document(item));
  Object answer{{"AlarmHistoryItems", std::move(listed)}};
  if (more) answer["NextToken"] = tokens.seal(call, std::to_string(items.back().sequence));
  return answer;
}

}  // namespace tocsin::api::cloudwatch
