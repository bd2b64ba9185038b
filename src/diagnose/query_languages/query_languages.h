// Queries in the three languages of StartQuery, as the one typed plan.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_AnalyzeLogData_Languages.html
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "diagnose/log_query/query_parser.h"

namespace tocsin::diagnose {

enum class QueryLanguage { insights, ppl, sql };
/// CWLI, PPL, SQL.
std::optional<QueryLanguage> parse_query_language(std::string_view name);
std::string_view to_text(QueryLanguage language);

/// The same query in the language of Logs Insights, and the log groups that it names.
struct TranslatedQuery {
  std::string text;
  std::vector<std::string> groups;
};
Parsed<TranslatedQuery> translate_sql(std::string_view text);
Parsed<TranslatedQuery> translate_ppl(std::string_view text);

/// Groups that the text names are the plan's source.
Parsed<QueryPlan> parse_query_in(QueryLanguage language, std::string_view text);

}  // namespace tocsin::diagnose
