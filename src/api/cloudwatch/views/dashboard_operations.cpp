// PutDashboard, GetDashboard, ListDashboards, DeleteDashboards.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html
#include <algorithm>
#include <boost/json.hpp>
#include <cctype>

#include "api/cloudwatch/alarm_input.h"
#include "api/cloudwatch/reply.h"
#include "api/cloudwatch/views/views.h"
#include "telemetry/dashboards/dashboard_body.h"

namespace tocsin::api::cloudwatch {
namespace {

using telemetry::Dashboard;
constexpr std::size_t name_max = 255, page_size = 1000;

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= name_max &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_'; });
}

auto invalid_name(const std::string& name) {
  return refuse("InvalidParameterValueException", "The value " + name +
                                                      " for parameter DashboardName contains invalid characters. It can contain "
                                                      "only alphanumerics, dash (-) and underscore (_).");
}

Array to_documents(const std::vector<telemetry::DashboardMessage>& messages) {
  Array documents;
  for (const auto& [path, message] : messages) documents.emplace_back(Object{{"DataPath", path}, {"Message", message}});
  return documents;
}

std::unexpected<ServiceError> invalid_body(std::string words, Array messages) {
  ServiceError error{"DashboardInvalidInputError", std::move(words), 0, {}};
  error.members = {{"dashboardValidationMessages", std::move(messages)}};
  return std::unexpected(std::move(error));
}

}  // namespace

Reply put_dashboard(Dashboards& dashboards, Alarms& alarms, const Call& call) {
  const std::string name = text_or(call.input, "DashboardName"), body = text_or(call.input, "DashboardBody");
  if (!is_name(name)) return invalid_name(name);
  const auto checked = telemetry::check_dashboard(body);
  if (!checked) return invalid_body(checked.error().message, {});
  if (!checked->errors.empty()) return invalid_body(telemetry::error_words(checked->errors), to_documents(checked->errors));
  const auto tags = read_tags(call.input);
  if (!tags) return std::unexpected(tags.error());
  const Dashboard dashboard{.account = call.scope.account, .name = name, .body = body, .modified = call.now};
  // tags are those of a new dashboard; TagResource changes them later
  if (dashboards.put(dashboard)) alarms.store().put_tags(dashboard.arn(), *tags);
  return Object{{"DashboardValidationMessages", to_documents(checked->warnings)}};
}

Reply get_dashboard(Dashboards& dashboards, const Call& call) {
  const std::string name = text_or(call.input, "DashboardName");
  if (!is_name(name)) return invalid_name(name);
  const auto dashboard = dashboards.find(call.scope.account, name);
  if (!dashboard) return refuse("DashboardNotFoundError", "Dashboard " + name + " does not exist");
  return Object{{"DashboardArn", dashboard->arn()}, {"DashboardBody", dashboard->body}, {"DashboardName", name}};
}

Reply list_dashboards(Dashboards& dashboards, const ListTokens& tokens, const Call& call) {
  const auto after = page_start(call, tokens);
  if (!after) return std::unexpected(after.error());
  const auto found = dashboards.list(call.scope.account, text_or(call.input, "DashboardNamePrefix"), *after, page_size + 1);
  Array entries;
  for (std::size_t i = 0; i < std::min(found.size(), page_size); ++i)
    entries.emplace_back(Object{{"DashboardName", found[i].name},
                                {"DashboardArn", found[i].arn()},
                                {"LastModified", to_ns(found[i].modified)},
                                {"Size", static_cast<std::int64_t>(found[i].body.size())}});
  Object answer{{"DashboardEntries", std::move(entries)}};
  if (found.size() > page_size) answer["NextToken"] = tokens.seal(call, found[page_size - 1].name);
  return answer;
}

Reply delete_dashboards(Dashboards& dashboards, Alarms& alarms, const Call& call) {
  std::string missing;
  for (const std::string& name : texts_at(call.input, "DashboardNames"))
    if (!dashboards.find(call.scope.account, name)) missing += (missing.empty() ? "" : ", ") + name;
  if (!missing.empty()) return refuse("DashboardNotFoundError", "The specified dashboard does not exist. [" + missing + "]");
  for (const std::string& name : texts_at(call.input, "DashboardNames")) {
    const std::string arn = Dashboard{.account = call.scope.account, .name = name, .body = {}}.arn();
    std::vector<std::string> keys;
    for (const auto& [key, value] : alarms.store().tags(arn)) keys.push_back(key);
    alarms.store().remove_tags(arn, keys);
    dashboards.remove(call.scope.account, name);
  }
  return Object{};
}

}  // namespace tocsin::api::cloudwatch
