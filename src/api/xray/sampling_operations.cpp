#include <boost/json.hpp>

#include "api/xray/operations.h"
#include "api/xray/shapes.h"

namespace tocsin::api::xray {
namespace {

using telemetry::SamplingRule;
using telemetry::SamplingRules;

constexpr std::size_t attributes_max = 5;

Object record_shape(const SamplingRule& rule) {
  return {{"SamplingRule", rule.definition}, {"CreatedAt", to_ns(rule.created)}, {"ModifiedAt", to_ns(rule.modified)}};
}

std::expected<SamplingRule, ServiceError> named_rule(const Rooms& rooms, const Call& call, const Document& input) {
  std::string name = text_or(input, "RuleName");
  const std::string arn = text_or(input, "RuleARN");
  if (name.empty() && arn.empty()) return invalid("Either RuleName or RuleARN must be specified");
  if (name.empty() && arn.starts_with(SamplingRules::arn(call.scope, ""))) name = arn.substr(SamplingRules::arn(call.scope, "").size());
  auto rule = rooms.sampling.find(call.scope, name);
  if (!rule) return invalid("Sampling rule does not exist.");
  return *rule;
}

std::expected<void, ServiceError> check(const Document& rule) {
  if (object_at(rule, "Attributes").size() > attributes_max) return invalid("A sampling rule can have at most 5 attributes.");
  if (integer_or(rule, "Version", 1) != 1) return invalid("Version must be 1.");
  return {};
}

std::int64_t moment(const Document& input, std::string_view member, Instant otherwise) {
  return integer_or(input, member, to_ns(otherwise));
}

}  // namespace

Reply create_sampling_rule(const Rooms& rooms, const Call& call) {
  Document rule = *find(call.input, "SamplingRule");
  const std::string name = text_or(rule, "RuleName");
  if (name.empty()) return invalid("RuleName must be specified.");
  if (rooms.sampling.find(call.scope, name)) return invalid("Sampling rule already exists.");
  if (rooms.sampling.list(call.scope).size() > telemetry::sampling_rules_max)
    return refuse("RuleLimitExceededException",
                  "The limit of " + std::to_string(telemetry::sampling_rules_max) + " sampling rules is reached.");
  if (auto checked = check(rule); !checked) return std::unexpected(checked.error());
  const std::string arn = SamplingRules::arn(call.scope, name);
  Object& object = rule.get_object();
  object["RuleARN"] = arn;
  if (!object.contains("Attributes")) object["Attributes"] = Object{};
  if (const Array& tags = array_at(call.input, "Tags"); !tags.empty())
    rooms.settings.put(call.scope, diagnose::TraceSetting::tags, arn, tags);
  return Object{{"SamplingRuleRecord", record_shape(rooms.sampling.put(call.scope, std::move(rule)))}};
}

Reply get_sampling_rules(const Rooms& rooms, const Call& call) {
  Array records;
  for (const SamplingRule& rule : rooms.sampling.list(call.scope)) records.push_back(record_shape(rule));
  return Object{{"SamplingRuleRecords", std::move(records)}};
}

Reply update_sampling_rule(const Rooms& rooms, const Call& call) {
  const Document& update = *find(call.input, "SamplingRuleUpdate");
  const auto rule = named_rule(rooms, call, update);
  if (!rule) return std::unexpected(rule.error());
  Document definition = rule->definition;
  for (const auto& [member, value] : update.get_object()) {
    const std::string_view key = member;
    if (key == "RuleName" || key == "RuleARN") continue;
    if (rule->name == telemetry::default_rule && key != "FixedRate" && key != "ReservoirSize")
      return invalid("Of the default rule only FixedRate and ReservoirSize can be changed.");
    definition.get_object()[key] = value;
  }
  if (auto checked = check(definition); !checked) return std::unexpected(checked.error());
  return Object{{"SamplingRuleRecord", record_shape(rooms.sampling.put(call.scope, std::move(definition)))}};
}

Reply delete_sampling_rule(const Rooms& rooms, const Call& call) {
  const auto rule = named_rule(rooms, call, call.input);
  if (!rule) return std::unexpected(rule.error());
  if (rule->name == telemetry::default_rule) return invalid("The default sampling rule cannot be deleted.");
  rooms.sampling.remove(call.scope, rule->name);
  rooms.settings.remove(call.scope, diagnose::TraceSetting::tags, SamplingRules::arn(call.scope, rule->name));
  return Object{{"SamplingRuleRecord", record_shape(*rule)}};
}

Reply get_sampling_targets(const Rooms& rooms, const Call& call) {
  Array targets, unprocessed, unboosted;
  for (const Document& document : array_at(call.input, "SamplingStatisticsDocuments")) {
    const telemetry::SamplingReport report{.rule = text_or(document, "RuleName"),
                                           .client = text_or(document, "ClientID"),
                                           .at = instant_from_ns(moment(document, "Timestamp", call.now)),
                                           .requests = integer_or(document, "RequestCount", 0),
                                           .sampled = integer_or(document, "SampledCount", 0),
                                           .borrowed = integer_or(document, "BorrowCount", 0)};
    if (const auto target = rooms.sampling.report(call.scope, report))
      targets.push_back(Object{{"RuleName", target->rule},
                               {"FixedRate", target->fixed_rate},
                               {"ReservoirQuota", target->quota},
                               {"ReservoirQuotaTTL", to_ns(target->quota_until)},
                               {"Interval", telemetry::report_every_s}});
    else
      unprocessed.push_back(Object{{"RuleName", report.rule}, {"ErrorCode", "404"}, {"Message", "Sampling rule does not exist."}});
  }
  for (const Document& document : array_at(call.input, "SamplingBoostStatisticsDocuments"))
    unboosted.push_back(Object{
        {"RuleName", text_or(document, "RuleName")}, {"ErrorCode", "400"}, {"Message", "Sampling boosts are not offered by this server."}});
  return Object{{"SamplingTargetDocuments", std::move(targets)},
                {"LastRuleModification", to_ns(rooms.sampling.last_modified(call.scope))},
                {"UnprocessedStatistics", std::move(unprocessed)},
                {"UnprocessedBoostStatistics", std::move(unboosted)}};
}

Reply get_sampling_statistic_summaries(const Rooms& rooms, const Call& call) {
  Array summaries;
  for (const telemetry::SamplingSummary& summary : rooms.sampling.summaries(call.scope))
    summaries.push_back(Object{{"RuleName", summary.rule},
                               {"Timestamp", to_ns(summary.at)},
                               {"RequestCount", summary.requests},
                               {"BorrowCount", summary.borrowed},
                               {"SampledCount", summary.sampled}});
  return Object{{"SamplingStatisticSummaries", std::move(summaries)}};
}

}  // namespace tocsin::api::xray
