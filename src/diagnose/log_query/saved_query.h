// Saved queries as templates: {{name}} in their text stands for a parameter, and $Name(parameter = value) in a query for their text.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_Insights-Saving-Queries.html
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "diagnose/log_query/query_error.h"

namespace tocsin::diagnose {

struct QueryParameter {
  std::string name, description;
  std::optional<std::string> default_value;
};

struct SavedQuery {
  std::string text;
  std::vector<QueryParameter> parameters;
};

using FindSavedQuery = std::function<std::optional<SavedQuery>(const std::string& name)>;

/// The query with every $Name(…) replaced. A text without them comes back as it is. At most 10,000 characters come of it.
Parsed<std::string> expand_saved_queries(const std::string& text, const FindSavedQuery& find);
/// The names in {{…}}, in their order, each once.
std::vector<std::string> placeholders_in(const std::string& text);

}  // namespace tocsin::diagnose
