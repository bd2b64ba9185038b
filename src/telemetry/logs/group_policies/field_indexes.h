// Field index policies, and which of the account's policies hold for a group.
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutIndexPolicy.html
#pragma once

#include "telemetry/logs/filters/selection_criteria.h"
#include "telemetry/logs/log_store.h"
#include "telemetry/logs/settings/log_settings.h"

namespace tocsin::telemetry {

struct FieldIndex {
  std::string name;
  bool facet = false;
  bool is_default = false;  ///< indexed for every group
};

/// Of a policy document: {"Fields": ["a"], "FieldsV2": {"b": {"type": "FACET"}}}. `invalid` with words.
Result<std::vector<FieldIndex>> indexed_fields(const std::string& document);

/// LogGroupName and LogGroupNamePrefix with IN, NOT IN, =. `invalid`.
Result<SelectionCriteria> group_selection(const std::string& criteria);
/// The account's policies of a type that hold for the group.
std::vector<LogSetting> account_policies_of(LogSettings& settings, const LogGroup& group, const std::string& type);

/// The default ones, and of the group's policy or else of the account's.
std::vector<FieldIndex> field_indexes_of(LogSettings& settings, const LogGroup& group);

}  // namespace tocsin::telemetry
