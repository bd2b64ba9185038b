#include "api/cloudwatch/queries.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cctype>
#include <set>

#include "detect/alarms/alarm.h"
#include "telemetry/metrics/insights/insights_query.h"
#include "telemetry/metrics/math/expression.h"

namespace tocsin::api::cloudwatch {
namespace {

bool is_id(std::string_view id) {
  return !id.empty() && id[0] >= 'a' && id[0] <= 'z' &&
         std::all_of(id.begin(), id.end(), [](unsigned char c) { return std::isalnum(c) || c == '_'; });
}

Checked<void> check_query(const Call& call, const Document& document, const std::string& place) {
  const bool has_stat = find(document, "MetricStat"), has_expression = find(document, "Expression");
  if (!is_id(text_or(document, "Id")))
    return validation_error("The value for parameter " + place + ".Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.");
  if (has_stat == has_expression)
    return validation_error(has_stat ? "The parameters " + place + ".Expression and " + place +
                                           ".MetricStat are mutually exclusive and you have specified both."
                                     : "Either the parameter " + place + ".Expression or " + place + ".MetricStat must be specified.");
  if (find(document, "AccountId") && text_or(document, "AccountId") != call.scope.account)
    return not_offered(call.operation, "MetricDataQueries.AccountId of another account");
  if (call.operation == "PutMetricAlarm" && telemetry::calls_function(text_or(document, "Expression"), "SEARCH"))
    return validation_error("SEARCH is not supported on Metric Alarms.");
  const Document* stat = find(document, "MetricStat");
  const auto period = stat ? integer_at(*stat, "Period") : integer_at(document, "Period");
  if (period && !is_period(*period))
    return validation_error("The value for parameter " + place + (stat ? ".MetricStat.Period" : ".Period") +
                            " must be 1, 5, 10, 20, 30 or any multiple of 60.");
  if (!stat) return {};
  const Document* metric = find(*stat, "Metric");
  for (const char* member : {"Namespace", "MetricName"})
    if (!metric || text_or(*metric, member).empty())
      return validation_error("The parameter " + place + ".MetricStat.Metric." + member + " is required.");
  return {};
}

}  // namespace

Checked<std::vector<telemetry::MetricQuery>> read_queries(const Call& call, const Array& documents, std::size_t count_max) {
  if (documents.empty()) return validation_error("The parameter MetricDataQueries is required.");
  if (documents.size() > count_max)
    return validation_error("The collection MetricDataQueries must not have a size greater than " + std::to_string(count_max) + ".");
  std::vector<telemetry::MetricQuery> queries;
  std::set<std::string> ids;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    const std::string place = "MetricDataQueries.member." + std::to_string(i + 1);
    if (auto checked = check_query(call, documents[i], place); !checked) return std::unexpected(checked.error());
    auto query = detect::parse_metric_query(documents[i]);
    if (!query) return validation_error("The value for parameter " + place + "." + query.error().message);
    if (!ids.insert(query->id).second) return validation_error("The values for parameter id in the MetricDataQueries are not unique.");
    queries.push_back(std::move(*query));
  }
  const auto insights = std::count_if(queries.begin(), queries.end(),
                                      [](const telemetry::MetricQuery& query) { return telemetry::is_insights_query(query.expression); });
  if (insights > 1) return validation_error("Only one Metrics Insights query is allowed in a request.");
  if (auto checked = telemetry::check_queries(queries); !checked) return validation_error(checked.error().message);
  return queries;
}

}  // namespace tocsin::api::cloudwatch
