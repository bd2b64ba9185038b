// Which events a filter or policy is for, by fields of their origin: @aws.account = "1" AND @aws.region NOT IN ["a", "b"]; also of log
// groups: LogGroupName NOT IN ["x"]. Pure. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tocsin::telemetry {

class SelectionCriteria {
 public:
  /// `fields`: the names that may stand in it. An empty text selects everything. `invalid` with words.
  static Result<SelectionCriteria> parse(std::string_view text, const std::vector<std::string_view>& fields);
  using FieldValue = std::function<std::string(std::string_view field)>;
  bool selects(const FieldValue& value) const;
  struct Node;

 private:
  std::shared_ptr<const Node> root_;
};

}  // namespace tocsin::telemetry
