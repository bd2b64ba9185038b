// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogGroupFields.html
#include <algorithm>
#include <boost/json.hpp>
#include <map>

#include "api/logs/answers.h"
#include "api/logs/query_operations.h"

namespace tocsin::api::logs {
namespace {

constexpr std::int64_t around_ms = 8 * 60'000, recent_ms = 15 * 60'000;
constexpr std::size_t events_max = 5'000, fields_max = 1'000;
constexpr int depth_max = 5;

/// "user.name" for what stands inside an object.
void add_fields(const Object& object, const std::string& prefix, int depth, std::map<std::string, std::size_t>& counts) {
  for (const auto& [key, value] : object) {
    const std::string name = prefix + std::string(key);
    if (value.is_object() && depth < depth_max)
      add_fields(value.get_object(), name + ".", depth + 1, counts);
    else if (counts.size() < fields_max || counts.contains(name))
      ++counts[name];
  }
}

}  // namespace

Reply get_log_group_fields(LogStore& store, const Call& call) {
  const auto group = group_at(store, call);
  if (!group) return std::unexpected(group.error());
  const std::int64_t now_ms = to_ms(call.now);
  telemetry::LogScanPlan plan{.groups = {(*group)->id}, .from_ms = now_ms - recent_ms, .to_ms = now_ms, .newest_first = true};
  if (const auto center_s = integer_at(call.input, "time")) {
    plan.from_ms = *center_s * 1000 - around_ms;
    plan.to_ms = *center_s * 1000 + around_ms;
  }
  std::map<std::string, std::size_t> counts;
  std::size_t events = 0;
  const auto scan = store.scan(std::move(plan));
  for (bool more = true; more && events < events_max;) {
    std::vector<telemetry::LogRow> rows;
    more = scan->next(rows);
    for (const telemetry::LogRow& row : rows) {
      if (events == events_max) break;
      ++events;
      if (const auto document = parse_json(row.message); document && document->is_object())
        add_fields(document->get_object(), "", 0, counts);
    }
  }
  if (events > 0)
    for (const char* name : {"@ingestionTime", "@log", "@logStream", "@message", "@timestamp"}) counts[name] = events;
  std::vector<std::pair<std::int64_t, std::string>> ranked;
  for (const auto& [name, count] : counts) ranked.emplace_back(-static_cast<std::int64_t>(count * 100 / events), name);
  std::sort(ranked.begin(), ranked.end());
  Array fields;
  for (const auto& [percent, name] : ranked) fields.emplace_back(Object{{"name", name}, {"percent", -percent}});
  return Object{{"logGroupFields", std::move(fields)}};
}

}  // namespace tocsin::api::logs
