#include "server/commands/prometheus_rules.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <boost/json.hpp>
#include <set>

#include "telemetry/promql/promql_expression.h"

namespace tocsin::server {
namespace {

constexpr std::int64_t period_max_s = 86'400;
constexpr std::size_t description_max = 1024, tags_max = 50, tag_value_max = 256, name_max = 255, query_max = 10'000;

std::string text_in(const YAML::Node& node, const char* key) {
  return node[key] && node[key].IsScalar() ? node[key].as<std::string>() : std::string();
}

std::string cut(std::string text, std::size_t size_max) {
  if (text.size() <= size_max) return text;
  while (size_max > 0 && (static_cast<unsigned char>(text[size_max]) & 0xc0) == 0x80) --size_max;
  text.resize(size_max);
  return text;
}

/// Seconds, rounded up; `fault` says what is wrong.
std::int64_t seconds_in(const YAML::Node& node, const char* key, std::string& fault) {
  const std::string text = text_in(node, key);
  if (text.empty()) return 0;
  const auto ms = promql::parse_promql_duration(text);
  if (!ms) fault = std::string(key) + " is no duration: " + text;
  return ms ? (*ms + 999) / 1000 : 0;
}

std::string description_of(const YAML::Node& rule) {
  std::string description;
  const YAML::Node annotations = rule["annotations"];
  if (!annotations || !annotations.IsMap()) return description;
  for (const char* key : {"summary", "description", "message", "runbook_url"})
    if (const std::string text = text_in(annotations, key); !text.empty()) description += (description.empty() ? "" : "\n") + text;
  std::replace_if(
      description.begin(), description.end(), [](unsigned char c) { return c < 0x20 && c != '\n' && c != '\t'; }, ' ');
  return cut(description, description_max);
}

/// A template is filled at run time only, and is no tag.
Array tags_of(const YAML::Node& rule) {
  Array tags;
  const YAML::Node labels = rule["labels"];
  if (!labels || !labels.IsMap()) return tags;
  for (const auto& label : labels) {
    const std::string key = label.first.as<std::string>(), value = label.second.IsScalar() ? label.second.as<std::string>() : "";
    if (value.find("{{") != std::string::npos || key.starts_with("aws:") || tags.size() == tags_max) continue;
    tags.emplace_back(Object{{"Key", cut(key, 128)}, {"Value", cut(value, tag_value_max)}});
  }
  return tags;
}

class Reader {
 public:
  explicit Reader(const ImportSettings& settings) : settings_(settings) {}

  void group(const YAML::Node& group) {
    const std::string name = text_in(group, "name");
    std::string fault;
    std::int64_t interval_s = seconds_in(group, "interval", fault);
    if (interval_s == 0) interval_s = settings_.interval_s;
    int place = 0;
    for (const YAML::Node& rule : group["rules"]) this->rule(rule, name, ++place, alarm_interval_s(interval_s));
  }
  ImportedRules done() { return std::move(rules_); }

 private:
  void rule(const YAML::Node& rule, const std::string& group, int place, std::int64_t interval_s) {
    const std::string where = "group " + group + ", rule " + std::to_string(place);
    if (!rule.IsMap() || !rule["alert"]) {
      rules_.left_out.push_back(
          where + ": " +
          (rule.IsMap() && rule["record"] ? "a recording rule (" + text_in(rule, "record") + ") is no alarm" : "is no rule"));
      return;
    }
    std::string fault;
    const std::string query = text_in(rule, "expr");
    const std::int64_t pending_s = seconds_in(rule, "for", fault), recovery_s = seconds_in(rule, "keep_firing_for", fault);
    const auto parsed = promql::parse_promql(query);
    if (!parsed) fault = parsed.error().message;
    if (parsed && parsed->type != promql::ValueType::vector) fault = "the expression gives no vector";
    if (query.size() > query_max) fault = "the expression has more than 10,000 characters";
    if (pending_s > period_max_s || recovery_s > period_max_s) fault = "it waits longer than a day";
    if (!fault.empty()) {
      rules_.left_out.push_back(where + " (" + text_in(rule, "alert") + "): " + fault);
      return;
    }
    Object criteria{{"Query", query}, {"PendingPeriod", pending_s}, {"RecoveryPeriod", recovery_s}};
    Object alarm{{"AlarmName", unique_name(text_in(rule, "alert"), group, place)}};
    if (const std::string description = description_of(rule); !description.empty()) alarm["AlarmDescription"] = description;
    alarm["EvaluationCriteria"] = Object{{"PromQLCriteria", std::move(criteria)}};
    alarm["EvaluationInterval"] = interval_s;
    for (const auto& [member, actions] :
         {std::pair("AlarmActions", &settings_.alarm_actions), std::pair("OKActions", &settings_.ok_actions)}) {
      if (actions->empty()) continue;
      Array listed;
      for (const std::string& action : *actions) listed.emplace_back(action);
      alarm[member] = std::move(listed);
    }
    if (Array tags = tags_of(rule); !tags.empty()) alarm["Tags"] = std::move(tags);
    rules_.alarms.emplace_back(std::move(alarm));
  }

  std::string unique_name(const std::string& alert, const std::string& group, int place) {
    std::string name = cut(alert, name_max);
    if (!names_.insert(name).second) names_.insert(name = cut(group + "/" + std::to_string(place) + "/" + alert, name_max));
    return name;
  }

  const ImportSettings& settings_;
  ImportedRules rules_;
  std::set<std::string> names_;
};

}  // namespace

std::int64_t alarm_interval_s(std::int64_t seconds) {
  for (const std::int64_t quick : {10, 20, 30})
    if (seconds <= quick) return quick;
  return std::clamp<std::int64_t>((seconds + 59) / 60 * 60, 60, 3600);
}

Result<ImportedRules> read_prometheus_rules(std::string_view yaml, const ImportSettings& settings) {
  try {
    const YAML::Node file = YAML::Load(std::string(yaml));
    if (!file.IsMap() || !file["groups"] || !file["groups"].IsSequence()) return fail(ErrorKind::invalid, "has no groups of rules");
    Reader reader(settings);
    for (const YAML::Node& group : file["groups"]) {
      if (!group.IsMap() || !group["rules"] || !group["rules"].IsSequence()) return fail(ErrorKind::invalid, "has a group without rules");
      reader.group(group);
    }
    return reader.done();
  } catch (const YAML::Exception& error) {
    return fail(ErrorKind::invalid, std::string("is no YAML: ") + error.what());
  }
}

}  // namespace tocsin::server
