// The first argument of SEARCH: a schema in braces, terms, or both.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "telemetry/metrics/metric.h"
#include "telemetry/metrics/search/search_tokens.h"

namespace tocsin::telemetry {

/// Exactly these dimensions.
struct SearchSchema {
  std::string metric_namespace;
  std::vector<std::string> dimensions;  ///< sorted
};

enum class SearchNodeKind { exact, partial, both, either, negation };

struct SearchNode {
  SearchNodeKind kind;
  std::string property;  ///< of exact and partial: "MetricName", "Namespace", a dimension; empty: anywhere
  std::string text;      ///< of exact
  PartialTerm term;      ///< of partial
  std::vector<SearchNode> parts;
};

struct SearchExpression {
  std::optional<SearchSchema> schema;
  std::optional<SearchNode> terms;

  bool matches(const MetricId& metric) const;
};

/// `invalid` with the place where it is none; at most 1,024 characters.
Result<SearchExpression> parse_search(std::string_view text);

}  // namespace tocsin::telemetry
