#include "api/insight_rules/insight_rules.h"

#include <algorithm>
#include <boost/json.hpp>

namespace tocsin::api {
namespace {

using telemetry::ContributorReport;
using telemetry::ContributorReports;
using telemetry::ContributorRule;
using telemetry::LogSetting;
using telemetry::LogSettings;
namespace log_setting = telemetry::log_setting;

constexpr std::int64_t rules_max = 100, page_default = 500;
constexpr std::int64_t contributors_default = 10, contributors_max = 100;

auto invalid(std::string words) { return refuse("InvalidParameterValueException", std::move(words)); }

/// Opens or closes the rule's span of time.
void set_state(Object& rule, const std::string& state, std::int64_t now_ms) {
  if (!rule.contains("Spans")) rule["Spans"] = Array{};
  Array& spans = rule["Spans"].as_array();
  const bool open = !spans.empty() && !spans.back().as_object().contains("to");
  if (state == "ENABLED" && !open) spans.push_back(Object{{"from", now_ms}});
  if (state == "DISABLED" && open) spans.back().as_object()["to"] = now_ms;
  rule["State"] = state;
}

Reply put(LogSettings& settings, const Call& call) {
  const std::string name = text_or(call.input, "RuleName"), definition = text_or(call.input, "RuleDefinition"),
                    state = text_or(call.input, "RuleState", "ENABLED");
  if (state != "ENABLED" && state != "DISABLED") return invalid("RuleState must be ENABLED or DISABLED.");
  if (const auto rule = ContributorRule::parse(definition); !rule) return invalid(rule.error().message);
  if (truth_or(call.input, "ApplyOnTransformedLogs", false))
    return refuse("NotImplementedException", "cloudwatch PutInsightRule: ApplyOnTransformedLogs is not offered by this server.", 501);
  auto before = settings.get(log_setting::insight_rule, call.scope, "", name);
  if (!before && settings.count(log_setting::insight_rule, call.scope, "") >= rules_max)
    return refuse("LimitExceededException", "The quota of 100 rules of this account has been reached.");
  Object rule = before ? before->get_object() : Object{};
  rule["Definition"] = definition;
  set_state(rule, state, to_ms(call.now));
  settings.put(log_setting::insight_rule, {call.scope, "", name, std::move(rule)});
  return Object{};
}

Reply describe(LogSettings& settings, const ListTokens& tokens, const Call& call) {
  std::string after;
  if (const auto token = text_at(call.input, "NextToken")) {
    const auto opened = tokens.open(call, *token);
    if (!opened) return refuse("InvalidNextToken", "The next token specified is invalid.");
    after = *opened;
  }
  const auto limit = static_cast<std::size_t>(integer_or(call.input, "MaxResults", page_default));
  // behind every owner of that name
  const auto found =
      settings.list(log_setting::insight_rule, call.scope,
                    {.owner = "", .prefix = {}, .after_name = after, .after_owner = after.empty() ? "" : "\x7f", .count_max = limit + 1});
  Array rules;
  for (std::size_t i = 0; i < std::min(limit, found.size()); ++i)
    rules.emplace_back(Object{{"Name", found[i].name},
                              {"State", text_or(found[i].body, "State")},
                              {"Schema", R"({"Name":"CloudWatchLogRule","Version":1})"},
                              {"Definition", text_or(found[i].body, "Definition")}});
  Object out{{"InsightRules", std::move(rules)}};
  if (found.size() > limit) out["NextToken"] = tokens.seal(call, found[limit - 1].name);
  return out;
}

/// Applies `change` to each rule that is named; those that are not there are told as failures.
Reply each_rule(LogSettings& settings, const Call& call, const std::function<void(const LogSetting&)>& change) {
  Array failures;
  for (const Document& each : array_at(call.input, "RuleNames")) {
    const std::string name(each.get_string());
    if (auto rule = settings.get(log_setting::insight_rule, call.scope, "", name))
      change({call.scope, "", name, *rule});
    else
      failures.emplace_back(Object{{"FailureResource", name},
                                   {"ExceptionType", "ResourceNotFoundException"},
                                   {"FailureCode", "404"},
                                   {"FailureDescription", "Rule " + name + " does not exist."}});
  }
  return Object{{"Failures", std::move(failures)}};
}

Reply change_state(LogSettings& settings, const Call& call, const std::string& state) {
  return each_rule(settings, call, [&](LogSetting rule) {
    set_state(rule.body.as_object(), state, to_ms(call.now));
    settings.put(log_setting::insight_rule, rule);
  });
}

Array datapoints(const ContributorReport& report, const Array& metrics) {
  const auto wants = [&](std::string_view name) {
    return std::any_of(metrics.begin(), metrics.end(), [&](const Document& each) { return each.get_string() == name; });
  };
  Array points;
  for (const auto& [at, period] : report.periods()) {
    Object point{{"Timestamp", at * 1'000'000}};
    const auto put = [&](const char* name, double value) {
      if (wants(name)) point[name] = value;
    };
    put("UniqueContributors", static_cast<double>(period.contributors));
    put("MaxContributorValue", period.greatest);
    put("SampleCount", period.samples);
    put("Average", period.sum / period.samples);
    put("Sum", period.sum);
    put("Minimum", period.minimum);
    put("Maximum", period.maximum);
    points.emplace_back(std::move(point));
  }
  return points;
}

Object to_document(const ContributorReport& report, const ContributorRule& rule, const Document& input) {
  Array labels;
  for (const std::string& label : rule.key_labels()) labels.emplace_back(label);
  const auto order =
      text_or(input, "OrderBy", "Sum") == "Maximum" ? ContributorReport::Order::by_maximum : ContributorReport::Order::by_sum;
  Array contributors;
  for (const auto& each : report.top(static_cast<std::size_t>(integer_or(input, "MaxContributorCount", contributors_default)), order)) {
    Array keys, points;
    for (const std::string& key : each.keys) keys.emplace_back(key);
    for (const auto& [at, value] : each.values) points.emplace_back(Object{{"Timestamp", at * 1'000'000}, {"ApproximateValue", value}});
    contributors.emplace_back(
        Object{{"Keys", std::move(keys)}, {"ApproximateAggregateValue", each.aggregate}, {"Datapoints", std::move(points)}});
  }
  Object out{{"KeyLabels", std::move(labels)},
             {"AggregationStatistic", rule.sums() ? "Sum" : "SampleCount"},
             {"AggregateValue", report.total()},
             {"ApproximateUniqueCount", static_cast<std::int64_t>(report.unique_count())},
             {"Contributors", std::move(contributors)}};
  if (const Array& metrics = array_at(input, "Metrics"); !metrics.empty()) out["MetricDatapoints"] = datapoints(report, metrics);
  return out;
}

std::expected<ContributorReports::Request, ServiceError> read_request(LogSettings& settings, const Call& call) {
  const std::string name = text_or(call.input, "RuleName");
  const auto rule = settings.get(log_setting::insight_rule, call.scope, "", name);
  if (!rule) return refuse("ResourceNotFoundException", "Rule " + name + " does not exist.");
  const std::int64_t count = integer_or(call.input, "MaxContributorCount", contributors_default);
  if (count < 1 || count > contributors_max) return invalid("MaxContributorCount must be from 1 to 100.");
  const std::string order = text_or(call.input, "OrderBy", "Sum");
  if (order != "Sum" && order != "Maximum") return invalid("OrderBy must be Sum or Maximum.");
  for (const Document& metric : array_at(call.input, "Metrics")) {
    const std::string_view known = "|UniqueContributors|MaxContributorValue|SampleCount|Average|Sum|Minimum|Maximum|";
    if (known.find("|" + std::string(metric.get_string()) + "|") == std::string_view::npos)
      return invalid("Metrics has an unknown metric: " + std::string(metric.get_string()));
  }
  const std::int64_t period_s = integer_or(call.input, "Period", 60);
  if (period_s % 60 != 0) return invalid("Period must be a multiple of 60.");
  const std::int64_t start_ms = integer_or(call.input, "StartTime", 0) / 1'000'000 / 60'000 * 60'000,
                     end_ms = integer_or(call.input, "EndTime", 0) / 1'000'000;
  if (start_ms >= end_ms) return invalid("StartTime must be before EndTime.");
  auto request = ContributorReports::request_of(call.scope, *rule);
  if (!request) return invalid(request.error().message);
  request->start_ms = start_ms;
  request->end_ms = end_ms;
  request->period_s = period_s;
  return std::move(*request);
}

void get_report(storage::StateExecutor& state, LogSettings& settings, ContributorReports& reports, Call call, Complete complete) {
  auto asked = std::make_shared<std::optional<std::expected<ContributorReports::Request, ServiceError>>>();
  auto shared = std::make_shared<Call>(std::move(call));
  state.submit(
      [&settings, asked, shared]() -> Result<void> {
        *asked = read_request(settings, *shared);
        return {};
      },
      [&reports, asked, shared, complete = std::move(complete)](Result<void> done) mutable {
        if (!done) return complete(refuse("InternalServiceFault", done.error().message, 500));
        if (!**asked) return complete(std::unexpected((**asked).error()));
        ContributorReports::Request request = std::move(***asked);
        const ContributorRule rule = request.rule;
        reports.count(std::move(request), [shared, rule, complete = std::move(complete)](ContributorReport report) mutable {
          complete(to_document(report, rule, shared->input));
        });
      });
}

}  // namespace

std::vector<Operation> insight_rule_operations(storage::StateExecutor& state, LogSettings& settings, ContributorReports& reports,
                                               ListTokens tokens) {
  return {{"PutInsightRule", Handle([&settings](const Call& call) { return put(settings, call); })},
          {"DescribeInsightRules", Handle([&settings, tokens](const Call& call) { return describe(settings, tokens, call); })},
          {"EnableInsightRules", Handle([&settings](const Call& call) { return change_state(settings, call, "ENABLED"); })},
          {"DisableInsightRules", Handle([&settings](const Call& call) { return change_state(settings, call, "DISABLED"); })},
          {"DeleteInsightRules", Handle([&settings](const Call& call) {
             return each_rule(settings, call,
                              [&](const LogSetting& rule) { settings.remove(log_setting::insight_rule, rule.scope, "", rule.name); });
           })},
          {"GetInsightRuleReport", HandleLater([&state, &settings, &reports](Call call, Complete complete) {
             get_report(state, settings, reports, std::move(call), std::move(complete));
           })}};
}

}  // namespace tocsin::api
