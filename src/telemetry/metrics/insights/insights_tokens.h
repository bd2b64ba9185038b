// The words of a Metrics Insights query.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-querylanguage.html
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tocsin::telemetry {

enum class InsightsTokenKind {
  word,    ///< letters, digits, underscores; with dots inside: tag.env, AWS.AccountId
  quoted,  ///< in double quotes: an identifier
  text,    ///< in single quotes: a label value
  sign     ///< ( ) , = !=
};

struct InsightsToken {
  InsightsTokenKind kind;
  std::string text;
  std::size_t position;  ///< in the query
};

/// `invalid` for a character that begins none, or a quote that does not end.
Result<std::vector<InsightsToken>> insights_tokens(std::string_view query);

/// Whether a bare word is one that the language keeps for itself, in any case.
bool is_insights_keyword(std::string_view word);

}  // namespace tocsin::telemetry
