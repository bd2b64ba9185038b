// What the operations of CloudWatch share: reading metrics and lists from inputs, errors in the service's words.
#pragma once

#include <string>
#include <vector>

#include "api/call.h"
#include "api/list_tokens.h"
#include "base/result.h"
#include "telemetry/metrics/metric.h"

namespace tocsin::api::cloudwatch {

template <typename T>
using Checked = std::expected<T, ServiceError>;

inline auto invalid_value(std::string words) { return refuse("InvalidParameterValueException", std::move(words)); }
inline auto invalid_combination(std::string words) { return refuse("InvalidParameterCombinationException", std::move(words)); }
inline auto missing_parameter(std::string words) { return refuse("MissingRequiredParameterException", std::move(words)); }
inline auto validation_error(std::string words) { return refuse("ValidationError", std::move(words)); }
/// For members that are known and not offered yet.
std::unexpected<ServiceError> not_offered(std::string_view operation, std::string_view what);

std::unexpected<ServiceError> to_service_error(const Error& error);

/// {"Name", "Value"} pairs, of dimensions or (with "Key") of tags.
Dimensions pairs_at(const Document& input, std::string_view list, std::string_view name_member = "Name");
Array to_pairs(const Dimensions& pairs, std::string_view name_member = "Name");
std::vector<std::string> texts_at(const Document& input, std::string_view key);
telemetry::MetricId metric_at(const Document& input);
Object to_document(const telemetry::MetricId& metric);

/// The key after which the page begins ("" at first), or InvalidNextToken.
Checked<std::string> page_start(const Call& call, const ListTokens& tokens);

/// 1, 5, 10, 20, 30 or a multiple of 60.
bool is_period(std::int64_t period_s);
/// Start times are rounded down: to the period below a minute, else to the minute, 5 minutes or hour by their age.
Instant rounded_start(Instant start, std::int64_t period_s, Instant now);

}  // namespace tocsin::api::cloudwatch
