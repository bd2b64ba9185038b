// What stands in backticks behind FROM: `logGroups(logGroupIdentifier: ['a', 'b']) filterIndex('region' = 'x', 'status' IN [200, 404])`.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_AnalyzeLogData_SQL.html
#pragma once

#include <string>
#include <vector>

#include "diagnose/query_languages/sql_tokens.h"

namespace tocsin::diagnose {

struct SqlSources {
  std::vector<std::string> groups;
  std::string condition;  ///< in the language of Logs Insights; empty when there is none
};

/// Errors are at `place`, for the text is a part of another.
Parsed<SqlSources> read_sources(const std::string& text, const SqlToken& place);

}  // namespace tocsin::diagnose
