#include "detect/log_anomalies/log_anomalies.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/ids.h"
#include "detect/log_anomalies/log_anomaly.h"
#include "telemetry/logs/filters/filter_pattern.h"
#include "telemetry/logs/filters/message_view.h"

namespace tocsin::detect {
namespace {

namespace log_setting = telemetry::log_setting;
using telemetry::CountedPattern;
using telemetry::LogSetting;
using namespace std::chrono_literals;

constexpr Duration look_every = 1min;
constexpr std::size_t detectors_max = 500;
constexpr std::int64_t learning_ms = 15 * telemetry::minute_ms;
constexpr std::int64_t day_ms = 86'400'000;
constexpr std::int64_t suppressed_for_ever = INT64_MAX;

std::int64_t frequency_ms(const Document& detector) {
  const std::string name = text_or(detector, "evaluationFrequency", "FIVE_MIN");
  static const std::map<std::string, std::int64_t> minutes = {{"ONE_MIN", 1},      {"FIVE_MIN", 5},    {"TEN_MIN", 10},
                                                              {"FIFTEEN_MIN", 15}, {"THIRTY_MIN", 30}, {"ONE_HOUR", 60}};
  const auto found = minutes.find(name);
  return (found == minutes.end() ? 5 : found->second) * telemetry::minute_ms;
}

bool is_suppressed(const Document& anomaly, std::int64_t now_ms) {
  return truth_or(anomaly, "suppressed", false) && integer_or(anomaly, "until", suppressed_for_ever) > now_ms;
}

Result<void> check_pattern(const std::string& text) {
  if (text.empty()) return {};
  auto parsed = telemetry::FilterPattern::parse(text);
  return parsed ? Result<void>() : std::unexpected(parsed.error());
}

}  // namespace

LogAnomalies::LogAnomalies(storage::StateExecutor& state, Random& random, telemetry::LogStore& store, telemetry::LogSettings& settings,
                           telemetry::PatternCounts& counts, SelfMetrics* self_metrics)
    : state_(state), random_(random), store_(store), settings_(settings), counts_(counts), self_metrics_(self_metrics) {}

void LogAnomalies::start() { look_later(); }

void LogAnomalies::look_later() {
  state_.submit_at(state_.now() + look_every, [this]() -> Result<void> {
    const std::int64_t now_ms = to_ms(state_.now());
    for (const LogSetting& detector : settings_.all(log_setting::anomaly_detector)) {
      const std::int64_t last_ms = integer_or(detector.body, "evaluatedMs", integer_or(detector.body, "creationTimeStamp", 0));
      if (text_or(detector.body, "anomalyDetectorStatus") != "PAUSED" && now_ms - last_ms >= frequency_ms(detector.body)) look(detector);
    }
    look_later();
    return {};
  });
}

void LogAnomalies::look(const LogSetting& detector) {
  const std::int64_t now_ms = to_ms(state_.now());
  // from the last look on, so that nothing falls between two
  const std::int64_t last_ms = integer_or(detector.body, "evaluatedMs", now_ms);
  const telemetry::ChangeSpan span =
      telemetry::span_since(std::min(now_ms - frequency_ms(detector.body), last_ms - telemetry::minute_ms), now_ms);
  telemetry::PatternQuestion question{{}, span.baseline_ms, now_ms};
  for (const Document& id : array_at(detector.body, "groupIds"))
    question.groups.push_back(static_cast<telemetry::LogGroupId>(id.to_number<std::int64_t>()));
  state_.after_commit([this, question, span, scope = detector.scope, id = detector.name] {
    counts_.ask(question, [this, span, scope, id](std::vector<CountedPattern> patterns) {
      state_.submit([this, span, scope, id, patterns = std::move(patterns)]() -> Result<void> {
        conclude(scope, id, span, patterns);
        return {};
      });
    });
  });
}

void LogAnomalies::conclude(const Scope& scope, const std::string& id, const telemetry::ChangeSpan& span,
                            const std::vector<CountedPattern>& patterns) {
  auto body = settings_.get(log_setting::anomaly_detector, scope, "", id);
  if (!body || text_or(*body, "anomalyDetectorStatus") == "PAUSED") return;
  std::int64_t begun_ms = span.now_ms;
  for (const CountedPattern& pattern : patterns) begun_ms = std::min(begun_ms, pattern.first_ms);
  const bool learned = span.now_ms - begun_ms >= learning_ms;
  body->as_object()["evaluatedMs"] = span.now_ms;
  body->as_object()["anomalyDetectorStatus"] = learned ? "ANALYZING" : "TRAINING";
  const LogSetting detector{scope, "", id, *body};
  settings_.put(log_setting::anomaly_detector, detector);
  if (!learned) return;
  std::optional<telemetry::FilterPattern> filter;
  if (const std::string text = text_or(*body, "filterPattern"); !text.empty())
    if (auto parsed = telemetry::FilterPattern::parse(text)) filter = std::move(*parsed);
  std::map<std::string, int> found;
  for (const CountedPattern& pattern : patterns)
    if (!filter || filter->matches(telemetry::MessageView(pattern.sample))) note(detector, pattern, span, begun_ms + learning_ms, found);
  if (!self_metrics_) return;
  for (const auto& [priority, count] : found)
    self_metrics_->record(scope, "AWS/Logs", "AnomalyCount",
                          {{"LogAnomalyDetector", text_or(*body, "detectorName", id)}, {"LogAnomalyPriority", priority}},
                          static_cast<double>(count), "None");
}

/// Keeps what is unusual about the pattern now, or that it no longer is.
void LogAnomalies::note(const LogSetting& detector, const CountedPattern& pattern, const telemetry::ChangeSpan& span,
                        std::int64_t learned_ms, std::map<std::string, int>& found) {
  const std::string pattern_id = telemetry::pattern_id_text(pattern.id);
  auto known = settings_.get(log_setting::anomaly, detector.scope, detector.name, pattern_id);
  const auto finding = judge_pattern(pattern, span, learned_ms);
  if (!finding && !known) return;
  if (known && (text_or(*known, "state") == "Baseline" || is_suppressed(*known, span.now_ms))) return;
  Object anomaly = known ? known->as_object() : Object{};
  if (finding) {
    for (auto& [key, value] : pattern_members(pattern, span)) anomaly[key] = value;
    if (!known) {
      anomaly["anomalyId"] = make_uuid_v4(random_);
      anomaly["firstSeen"] = std::max(pattern.first_ms, span.since_ms);
    }
    anomaly["lastSeen"] = std::max(std::min(pattern.last_ms, span.now_ms), integer_or(anomaly, "firstSeen", 0));
    anomaly["description"] = finding->description;
    anomaly["priority"] = finding->priority;
    anomaly["logGroupArnList"] = array_at(detector.body, "logGroupArnList");
    ++found[finding->priority];
  } else if (span.now_ms - integer_or(anomaly, "lastSeen", 0) > integer_or(detector.body, "anomalyVisibilityTime", 21) * day_ms) {
    anomaly["state"] = "Baseline";
  } else if (!truth_or(anomaly, "active", false)) {
    return;
  }
  anomaly["active"] = finding.has_value();
  if (text_or(anomaly, "state") != "Baseline") {
    anomaly["state"] = "Active";
    anomaly["suppressed"] = false;
    for (const char* gone : {"until", "suppressedDate", "suppressedUntil"}) anomaly.erase(gone);
  }
  settings_.put(log_setting::anomaly, {detector.scope, detector.name, pattern_id, std::move(anomaly)});
}

Result<std::string> LogAnomalies::create(const Scope& scope, const NewDetector& detector) {
  if (settings_.count(log_setting::anomaly_detector, scope, "") >= static_cast<std::int64_t>(detectors_max))
    return fail(ErrorKind::limit_exceeded, "You have reached the maximum number of log anomaly detectors for this account.");
  if (auto sound = check_pattern(detector.filter_pattern); !sound) return std::unexpected(sound.error());
  const std::string id = make_uuid_v4(random_);
  Array arns, ids;
  for (const telemetry::LogGroup& group : detector.groups) {
    arns.emplace_back("arn:aws:logs:" + scope.region + ":" + scope.account + ":log-group:" + group.name);
    ids.emplace_back(static_cast<std::int64_t>(group.id));
  }
  const std::int64_t now_ms = to_ms(state_.now());
  Object body{{"logGroupArnList", std::move(arns)},
              {"groupIds", std::move(ids)},
              {"evaluationFrequency", detector.frequency},
              {"anomalyVisibilityTime", detector.visible_days},
              {"anomalyDetectorStatus", "INITIALIZING"},
              {"creationTimeStamp", now_ms},
              {"lastModifiedTimeStamp", now_ms}};
  if (!detector.name.empty()) body["detectorName"] = detector.name;
  if (!detector.filter_pattern.empty()) body["filterPattern"] = detector.filter_pattern;
  if (!detector.kms_key.empty()) body["kmsKeyId"] = detector.kms_key;
  settings_.put(log_setting::anomaly_detector, {scope, "", id, std::move(body)});
  return id;
}

std::optional<Document> LogAnomalies::find(const Scope& scope, const std::string& id) {
  return settings_.get(log_setting::anomaly_detector, scope, "", id);
}

std::vector<LogSetting> LogAnomalies::list(const Scope& scope, const std::string& after_id, std::size_t count_max) {
  return settings_.list(log_setting::anomaly_detector, scope,
                        {.owner = "", .prefix = {}, .after_name = after_id, .after_owner = {}, .count_max = count_max});
}

Result<void> LogAnomalies::update(const Scope& scope, const std::string& id, const Change& change) {
  auto body = find(scope, id);
  if (!body) return fail(ErrorKind::not_found, "The specified log anomaly detector does not exist.");
  Object& detector = body->as_object();
  if (change.filter_pattern) {
    if (auto sound = check_pattern(*change.filter_pattern); !sound) return sound;
    detector["filterPattern"] = *change.filter_pattern;
  }
  if (change.frequency) detector["evaluationFrequency"] = *change.frequency;
  if (change.visible_days) detector["anomalyVisibilityTime"] = *change.visible_days;
  const bool paused = text_or(*body, "anomalyDetectorStatus") == "PAUSED";
  if (!change.enabled)
    detector["anomalyDetectorStatus"] = "PAUSED";
  else if (paused)
    detector["anomalyDetectorStatus"] = "TRAINING";
  detector["lastModifiedTimeStamp"] = to_ms(state_.now());
  settings_.put(log_setting::anomaly_detector, {scope, "", id, *body});
  return {};
}

Result<void> LogAnomalies::remove(const Scope& scope, const std::string& id) {
  if (!settings_.remove(log_setting::anomaly_detector, scope, "", id))
    return fail(ErrorKind::not_found, "The specified log anomaly detector does not exist.");
  for (const LogSetting& anomaly : settings_.list(log_setting::anomaly, scope, {.owner = id}))
    settings_.remove(log_setting::anomaly, scope, id, anomaly.name);
  return {};
}

std::vector<LogSetting> LogAnomalies::anomalies(const Scope& scope, const std::optional<std::string>& detector,
                                                const std::string& after_owner, const std::string& after_name, std::size_t count_max) {
  auto found =
      settings_.list(log_setting::anomaly, scope,
                     {.owner = detector, .prefix = {}, .after_name = after_name, .after_owner = after_owner, .count_max = count_max});
  const std::int64_t now_ms = to_ms(state_.now());
  for (LogSetting& each : found)
    if (truth_or(each.body, "suppressed", false) && !is_suppressed(each.body, now_ms)) {
      each.body.as_object()["suppressed"] = false;
      each.body.as_object()["state"] = "Active";
    }
  return found;
}

Result<void> LogAnomalies::suppress(const Scope& scope, const std::string& detector, const Suppression& suppression) {
  if (!find(scope, detector)) return fail(ErrorKind::not_found, "The specified log anomaly detector does not exist.");
  for (LogSetting& each : settings_.list(log_setting::anomaly, scope, {.owner = detector})) {
    Object& anomaly = each.body.as_object();
    if (text_or(each.body, "anomalyId") != suppression.anomaly_id && each.name != suppression.pattern_id) continue;
    const std::int64_t now_ms = to_ms(state_.now());
    if (suppression.baseline) {
      anomaly["state"] = *suppression.baseline ? "Baseline" : "Active";
      if (*suppression.baseline) anomaly["active"] = false;
    } else if (suppression.ends) {
      anomaly["suppressed"] = false;
      anomaly["state"] = "Active";
      for (const char* gone : {"until", "suppressedDate", "suppressedUntil", "isPatternLevelSuppression"}) anomaly.erase(gone);
    } else {
      anomaly["suppressed"] = true;
      anomaly["state"] = "Suppressed";
      anomaly["suppressedDate"] = now_ms;
      anomaly["isPatternLevelSuppression"] = !suppression.pattern_id.empty();
      anomaly.erase("until");
      anomaly.erase("suppressedUntil");
      if (suppression.for_ms) anomaly["until"] = anomaly["suppressedUntil"] = now_ms + *suppression.for_ms;
    }
    settings_.put(log_setting::anomaly, each);
    return {};
  }
  return fail(ErrorKind::not_found, "The specified anomaly or pattern does not exist.");
}

}  // namespace tocsin::detect
