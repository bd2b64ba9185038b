#include "api/cloudwatch/reply.h"

#include <boost/json.hpp>

#include "telemetry/metrics/retention.h"

namespace tocsin::api::cloudwatch {

std::unexpected<ServiceError> not_offered(std::string_view operation, std::string_view what) {
  return refuse("NotImplementedException", "cloudwatch " + std::string(operation) + ": " + std::string(what) + " is not offered yet.", 501);
}

std::unexpected<ServiceError> to_service_error(const Error& error) {
  switch (error.kind) {
    case ErrorKind::not_found:
      return refuse("ResourceNotFound", error.message);
    case ErrorKind::limit_exceeded:
      return refuse("LimitExceededFault", error.message);
    case ErrorKind::unavailable:
    case ErrorKind::internal:
      return refuse("InternalServiceFault", error.message, 500);
    default:
      return validation_error(error.message);
  }
}

Dimensions pairs_at(const Document& input, std::string_view list, std::string_view name_member) {
  Dimensions pairs;
  for (const Document& each : array_at(input, list)) pairs.emplace_back(text_or(each, name_member), text_or(each, "Value"));
  return pairs;
}

Array to_pairs(const Dimensions& pairs, std::string_view name_member) {
  Array array;
  for (const auto& [name, value] : pairs) array.emplace_back(Object{{boost::json::string_view(name_member), name}, {"Value", value}});
  return array;
}

std::vector<std::string> texts_at(const Document& input, std::string_view key) {
  std::vector<std::string> texts;
  for (const Document& each : array_at(input, key))
    if (each.is_string()) texts.emplace_back(each.get_string());
  return texts;
}

telemetry::MetricId metric_at(const Document& input) {
  return {text_or(input, "Namespace"), text_or(input, "MetricName"), pairs_at(input, "Dimensions")};
}

Object to_document(const telemetry::MetricId& metric) {
  return {{"Namespace", metric.metric_namespace}, {"MetricName", metric.name}, {"Dimensions", to_pairs(metric.dimensions)}};
}

Checked<std::string> page_start(const Call& call, const ListTokens& tokens) {
  const auto token = text_at(call.input, "NextToken");
  if (!token || token->empty()) return std::string();
  auto start = tokens.open(call, *token);
  if (!start) return refuse("InvalidNextToken", "The next token specified is invalid.");
  return *start;
}

bool is_period(std::int64_t period_s) {
  return period_s == 1 || period_s == 5 || period_s == 10 || period_s == 20 || period_s == 30 || (period_s > 0 && period_s % 60 == 0);
}

Instant rounded_start(Instant start, std::int64_t period_s, Instant now) {
  using namespace telemetry;
  const std::int64_t age_s = to_seconds(now) - to_seconds(start);
  const std::int64_t unit_s = period_s < 60 ? period_s : age_s < 15 * day_s ? 60 : age_s < 63 * day_s ? 300 : hour_s;
  return Instant{std::chrono::seconds(floor_to(to_seconds(start), unit_s))};
}

}  // namespace tocsin::api::cloudwatch
