// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListMetrics.html
#include <boost/json.hpp>

#include "api/cloudwatch/operations.h"
#include "api/cloudwatch/reply.h"

namespace tocsin::api::cloudwatch {
namespace {
using namespace std::chrono_literals;
constexpr Duration listed_for = 14 * 24h, active_for = 3h;
}  // namespace

Reply list_metrics(MetricStore& metrics, const ListTokens& tokens, const Call& call) {
  auto after = page_start(call, tokens);
  if (!after) return std::unexpected(after.error());
  telemetry::ListRequest request{.scope = call.scope,
                                 .metric_namespace = text_at(call.input, "Namespace"),
                                 .name = text_at(call.input, "MetricName"),
                                 .dimensions = {}};
  for (const Document& filter : array_at(call.input, "Dimensions"))
    request.dimensions.push_back({text_or(filter, "Name"), text_at(filter, "Value")});
  request.seen_after = call.now - (text_or(call.input, "RecentlyActive") == "PT3H" ? active_for : listed_for);
  request.after_key = std::move(*after);
  // an account stands alone: another's metrics are not here
  if (const auto owner = text_at(call.input, "OwningAccount"); owner && *owner != call.scope.account) return Object{{"Metrics", Array{}}};
  const telemetry::MetricPage page = metrics.list(request);
  Array listed, owners;
  for (const telemetry::MetricId& metric : page.metrics) {
    listed.emplace_back(to_document(metric));
    owners.emplace_back(call.scope.account);
  }
  Object answer{{"Metrics", std::move(listed)}};
  if (!page.next_key.empty()) answer["NextToken"] = tokens.seal(call, page.next_key);
  if (truth_or(call.input, "IncludeLinkedAccounts", false)) answer["OwningAccounts"] = std::move(owners);
  return answer;
}

}  // namespace tocsin::api::cloudwatch
