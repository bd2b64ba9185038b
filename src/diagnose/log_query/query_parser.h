// From the text of a Logs Insights query to its plan. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
// Where the guide leaves it open: precedence is, from tight to loose, ^, * / %, + -, relational, not, and, or; a column without "as" is
// named by its text as typed; a name that the query has made cannot be made again, as the service has it.
#pragma once

#include <string_view>

#include "diagnose/log_query/query_error.h"
#include "diagnose/log_query/query_plan.h"

namespace tocsin::diagnose {

Parsed<QueryPlan> parse_query(std::string_view text);
/// The same of a text that was made from one in another language: commands may come in any order, and there are `eventstats`, `trendline`,
/// `dedup N` and functions named sql.….
Parsed<QueryPlan> parse_foreign_query(std::string_view text);

/// Adds what the filters say of the messages of rows that pass, so that a scan can leave the others out.
void find_literals(QueryPlan& plan);
/// A text that everything that matches has in it; empty when none is found.
std::string literal_of(const re2::RE2& regex);

}  // namespace tocsin::diagnose
