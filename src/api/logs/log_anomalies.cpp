// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogAnomalyDetector.html
#include <boost/json.hpp>

#include "api/logs/answers.h"
#include "api/logs/log_anomaly_operations.h"
#include "api/logs/setting_operations.h"
#include "model/arn.h"

namespace tocsin::api::logs {
namespace {

using Rooms = LogAnomalyRooms;
using detect::LogAnomalies;
using telemetry::LogSetting;
constexpr std::string_view prefix = "anomaly-detector:";

std::string arn_of(const Scope& scope, const std::string& id) { return make_arn("logs", scope, std::string(prefix) + id); }

Checked<std::string> id_of(const Call& call, std::string_view member = "anomalyDetectorArn") {
  const std::string text = text_or(call.input, member);
  const auto arn = parse_arn(text);
  if (!arn || arn->service != "logs" || !arn->resource.starts_with(prefix))
    return invalid_parameter("Invalid anomaly detector ARN: " + text);
  if (arn->account != call.scope.account || arn->region != call.scope.region)
    return refuse("ResourceNotFoundException", "The specified log anomaly detector does not exist.");
  return arn->resource.substr(prefix.size());
}

Reply done(const Result<void>& result) {
  if (!result) return to_service_error(result.error());
  return Object{};
}

Object detector_document(const LogSetting& detector, bool with_arn) {
  Object out;
  for (const char* member : {"detectorName", "logGroupArnList", "evaluationFrequency", "filterPattern", "anomalyDetectorStatus", "kmsKeyId",
                             "creationTimeStamp", "lastModifiedTimeStamp", "anomalyVisibilityTime"})
    if (const Document* value = find(detector.body, member)) out[member] = *value;
  if (with_arn) out["anomalyDetectorArn"] = arn_of(detector.scope, detector.name);
  return out;
}

Object anomaly_document(const LogSetting& anomaly) {
  Object out = anomaly.body.get_object();
  out.erase("until");
  out["anomalyDetectorArn"] = arn_of(anomaly.scope, anomaly.owner);
  return out;
}

Reply create(const Rooms& rooms, const Call& call) {
  LogAnomalies::NewDetector detector{.name = text_or(call.input, "detectorName"),
                                     .frequency = text_or(call.input, "evaluationFrequency", "FIVE_MIN"),
                                     .filter_pattern = text_or(call.input, "filterPattern"),
                                     .groups = {},
                                     .visible_days = integer_or(call.input, "anomalyVisibilityTime", 21),
                                     .kms_key = text_or(call.input, "kmsKeyId")};
  const Array& arns = array_at(call.input, "logGroupArnList");
  if (arns.size() != 1) return invalid_parameter("logGroupArnList must have exactly one log group ARN.");
  for (const Document& arn : arns) {
    const auto parsed = parse_arn(arn.get_string());
    if (!parsed || parsed->service != "logs" || !parsed->resource.starts_with("log-group:"))
      return invalid_parameter("Invalid log group ARN: " + std::string(arn.get_string()));
    const auto group = group_named(rooms.store, call.scope, group_name_of(arn.get_string()));
    if (!group) return std::unexpected(group.error());
    if ((*group)->log_group_class != "STANDARD")
      return invalid_parameter("Log anomaly detection is not supported for log groups of the " + (*group)->log_group_class + " log class.");
    detector.groups.push_back(**group);
  }
  const auto id = rooms.anomalies.create(call.scope, detector);
  if (!id) return to_service_error(id.error());
  if (const Object& tags = object_at(call.input, "tags"); !tags.empty())
    put_tags(rooms.settings, call.scope, arn_of(call.scope, *id), tags);
  return Object{{"anomalyDetectorArn", arn_of(call.scope, *id)}};
}

Reply get(const Rooms& rooms, const Call& call) {
  const auto id = id_of(call);
  if (!id) return std::unexpected(id.error());
  const auto detector = rooms.anomalies.find(call.scope, *id);
  if (!detector) return refuse("ResourceNotFoundException", "The specified log anomaly detector does not exist.");
  return detector_document({call.scope, "", *id, *detector}, false);
}

Reply list(const Rooms& rooms, const Call& call) {
  const auto group = text_at(call.input, "filterLogGroupArn");
  const std::string name = group ? group_name_of(*group) : "";
  return list_settings(
      rooms.settings, rooms.tokens, call,
      {.kind = telemetry::log_setting::anomaly_detector, .owner = "", .prefix = {}, .member = "anomalyDetectors"},
      [](const LogSetting& each) { return detector_document(each, true); },
      [&](const LogSetting& each) {
        if (!group) return true;
        const Array& arns = array_at(each.body, "logGroupArnList");
        return std::any_of(arns.begin(), arns.end(), [&](const Document& arn) { return group_name_of(arn.get_string()) == name; });
      });
}

Reply update(const Rooms& rooms, const Call& call) {
  const auto id = id_of(call);
  if (!id) return std::unexpected(id.error());
  return done(rooms.anomalies.update(call.scope, *id,
                                     {.frequency = text_at(call.input, "evaluationFrequency"),
                                      .filter_pattern = text_at(call.input, "filterPattern"),
                                      .visible_days = integer_at(call.input, "anomalyVisibilityTime"),
                                      .enabled = truth_or(call.input, "enabled", true)}));
}

Reply remove(const Rooms& rooms, const Call& call) {
  const auto id = id_of(call);
  if (!id) return std::unexpected(id.error());
  if (auto removed = rooms.anomalies.remove(call.scope, *id); !removed) return to_service_error(removed.error());
  remove_tags(rooms.settings, call.scope, arn_of(call.scope, *id));
  return Object{};
}

Reply list_anomalies(const Rooms& rooms, const Call& call) {
  std::optional<std::string> detector;
  if (find(call.input, "anomalyDetectorArn")) {
    const auto id = id_of(call);
    if (!id) return std::unexpected(id.error());
    if (!rooms.anomalies.find(call.scope, *id))
      return refuse("ResourceNotFoundException", "The specified log anomaly detector does not exist.");
    detector = *id;
  }
  const auto wanted = text_at(call.input, "suppressionState");
  const auto start = page_start(call, rooms.tokens);
  if (!start) return std::unexpected(start.error());
  const std::size_t border = start->find('\x1f');
  const std::string after_name = start->substr(0, border), after_owner = border == std::string::npos ? "" : start->substr(border + 1);
  const auto limit = static_cast<std::size_t>(integer_or(call.input, "limit", 50));
  Array page;
  Object out;
  std::string last;
  for (const LogSetting& each : rooms.anomalies.anomalies(call.scope, detector, after_owner, after_name, 10'000)) {
    // what has become the baseline is no anomaly any more
    if (text_or(each.body, "state") == "Baseline") continue;
    if (wanted && (*wanted == "SUPPRESSED") != truth_or(each.body, "suppressed", false)) continue;
    if (page.size() == limit) {
      out["nextToken"] = rooms.tokens.seal(call, last);
      break;
    }
    page.emplace_back(anomaly_document(each));
    last = each.name + '\x1f' + each.owner;
  }
  out["anomalies"] = std::move(page);
  return out;
}

Checked<std::int64_t> period_ms(const Document& period) {
  const std::int64_t value = integer_or(period, "value", 0);
  const std::string unit = text_or(period, "suppressionUnit");
  if (value <= 0 || unit.empty()) return invalid_parameter("suppressionPeriod must have a positive value and a suppressionUnit.");
  return value * (unit == "SECONDS" ? 1000 : unit == "MINUTES" ? 60'000 : 3'600'000);
}

Reply update_anomaly(const Rooms& rooms, const Call& call) {
  const auto id = id_of(call);
  if (!id) return std::unexpected(id.error());
  LogAnomalies::Suppression suppression{.anomaly_id = text_or(call.input, "anomalyId"),
                                        .pattern_id = text_or(call.input, "patternId"),
                                        .for_ms = {},
                                        .ends = false,
                                        .baseline = truth_at(call.input, "baseline")};
  if (suppression.anomaly_id.empty() == suppression.pattern_id.empty())
    return invalid_parameter("You must specify either anomalyId or patternId, and not both.");
  const auto type = text_at(call.input, "suppressionType");
  const Document* period = find(call.input, "suppressionPeriod");
  if (!type && period) return invalid_parameter("suppressionPeriod needs the suppressionType LIMITED.");
  if (type && (*type == "LIMITED") != (period != nullptr))
    return invalid_parameter("suppressionPeriod must be specified if, and only if, suppressionType is LIMITED.");
  suppression.ends = !type;
  if (period) {
    const auto ms = period_ms(*period);
    if (!ms) return std::unexpected(ms.error());
    suppression.for_ms = *ms;
  }
  return done(rooms.anomalies.suppress(call.scope, *id, suppression));
}

Operation operation(const char* name, Reply (*handle)(const Rooms&, const Call&), const Rooms& rooms) {
  return {name, Handle([handle, rooms](const Call& call) { return handle(rooms, call); })};
}

}  // namespace

std::vector<Operation> log_anomaly_operations(const Rooms& rooms) {
  return {operation("CreateLogAnomalyDetector", create, rooms), operation("GetLogAnomalyDetector", get, rooms),
          operation("ListLogAnomalyDetectors", list, rooms),    operation("UpdateLogAnomalyDetector", update, rooms),
          operation("DeleteLogAnomalyDetector", remove, rooms), operation("ListAnomalies", list_anomalies, rooms),
          operation("UpdateAnomaly", update_anomaly, rooms)};
}

}  // namespace tocsin::api::logs
