// The functions of stats in SQL.
#pragma once

#include "sql_expressions.h"

namespace tocsin::opinions {

/// Throws LeftOut.
Sql aggregate(Dialect dialect, const SqlExpressions& say, const diagnose::Aggregate& each);

}  // namespace tocsin::opinions
