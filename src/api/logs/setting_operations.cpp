#include "api/logs/setting_operations.h"

#include <boost/json.hpp>

#include "api/logs/answers.h"
#include "telemetry/logs/filters/filter_pattern.h"

namespace tocsin::api::logs {

using telemetry::LogSetting;
using telemetry::LogSettings;
namespace log_setting = telemetry::log_setting;

std::unexpected<ServiceError> limit_exceeded() { return refuse("LimitExceededException", "Resource limit exceeded."); }

std::expected<void, ServiceError> refuse_infrequent_access(const telemetry::LogGroup& group, std::string_view what) {
  if (group.log_group_class == "STANDARD") return {};
  return refuse("InvalidOperationException",
                std::string(what) + " are not supported for log groups of the " + group.log_group_class + " log class.");
}

bool may_have_regex(LogSettings& settings, const telemetry::LogGroup& group, std::string_view kind, const std::string& name) {
  constexpr int regex_filters_max = 5;
  int with_regex = 0;
  for (const std::string_view each : {log_setting::metric_filter, log_setting::subscription_filter})
    for (const LogSetting& filter : settings.list(each, group.scope, {.owner = group.name})) {
      if (each == kind && filter.name == name) continue;
      const auto pattern = telemetry::FilterPattern::parse(text_or(filter.body, "filterPattern"));
      with_regex += pattern && pattern->regex_count() > 0;
    }
  return with_regex < regex_filters_max;
}

Reply list_settings(LogSettings& settings, const ListTokens& tokens, const Call& call, const Listing& listing,
                    const std::function<Object(const LogSetting&)>& to_document, const std::function<bool(const LogSetting&)>& wanted) {
  const auto start = page_start(call, tokens);
  if (!start) return std::unexpected(start.error());
  LogSettings::Query query{.owner = listing.owner, .prefix = listing.prefix, .after_name = {}, .after_owner = {}};
  if (const std::size_t border = start->find('\x1f'); border != std::string::npos) {
    query.after_name = start->substr(0, border);
    query.after_owner = start->substr(border + 1);
  }
  const auto limit = static_cast<std::size_t>(integer_or(call.input, listing.limit, static_cast<std::int64_t>(listing.limit_default)));
  Array page;
  std::string last;
  Object out;
  for (const LogSetting& setting : settings.list(listing.kind, call.scope, query)) {
    if (wanted && !wanted(setting)) continue;
    if (page.size() == limit) {
      out["nextToken"] = tokens.seal(call, last);
      break;
    }
    page.emplace_back(to_document(setting));
    last = setting.name + '\x1f' + setting.owner;
  }
  out[listing.member] = std::move(page);
  return out;
}

void put_tags(LogSettings& settings, const Scope& scope, const std::string& arn, const Object& tags) {
  settings.put(log_setting::tags, {scope, "", arn, tags});
}

Object tags_of(LogSettings& settings, const Scope& scope, const std::string& arn) {
  const auto tags = settings.get(log_setting::tags, scope, "", arn);
  return tags ? tags->get_object() : Object{};
}

void remove_tags(LogSettings& settings, const Scope& scope, const std::string& arn) { settings.remove(log_setting::tags, scope, "", arn); }

}  // namespace tocsin::api::logs
