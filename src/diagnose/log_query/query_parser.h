// From the text of a Logs Insights query to its plan. What the language has and this server does not offer yet is refused by name.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
// Where the guide leaves it open: precedence is, from tight to loose, ^, * / %, + -, relational, not, and, or; a column without "as" is
// named by its text as typed.
#pragma once

#include <string_view>

#include "diagnose/log_query/query_error.h"
#include "diagnose/log_query/query_plan.h"

namespace tocsin::diagnose {

Parsed<QueryPlan> parse_query(std::string_view text);

}  // namespace tocsin::diagnose
