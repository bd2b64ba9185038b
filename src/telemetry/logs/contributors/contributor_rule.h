// A Contributor Insights rule. Pure. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/ContributorInsights-RuleSyntax.html
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/document.h"
#include "base/result.h"
#include "telemetry/logs/filters/message_view.h"

namespace tocsin::telemetry {

class ContributorRule {
 public:
  /// Of the rule's JSON text. `invalid` with words.
  static Result<ContributorRule> parse(const std::string& definition);

  /// Whether the rule reads a group of that name.
  bool reads(const std::string& group) const;
  /// "JSON" rules name their keys by path, CLF ones by name or place.
  const std::vector<std::string>& key_labels() const { return key_labels_; }
  bool sums() const { return value_.has_value(); }

  struct Contribution {
    std::vector<std::string> keys;
    double value = 1;
  };
  /// nullopt when the event does not count: a filter does not hold, or a key or the value is missing.
  std::optional<Contribution> contribution(const MessageView& message) const;

 private:
  using Field = std::function<std::optional<std::string>(const MessageView&)>;
  using Test = std::function<bool(const MessageView&)>;
  Result<Field> field(const std::string& path) const;
  Result<void> read_contribution(const Document& contribution);
  Result<Test> read_filter(const Document& filter) const;

  std::vector<std::string> groups_, key_labels_;
  bool common_log_format_ = false;
  std::vector<std::pair<std::string, std::size_t>> names_;  ///< of CLF fields, with their places from 1
  std::vector<Field> keys_;
  std::optional<Field> value_;
  std::vector<Test> filters_;
};

}  // namespace tocsin::telemetry
