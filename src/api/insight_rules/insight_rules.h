// Contributor Insights rules. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutInsightRule.html
#pragma once

#include "api/call.h"
#include "api/list_tokens.h"
#include "telemetry/logs/contributors/contributor_reports.h"
#include "telemetry/logs/settings/log_settings.h"

namespace tocsin::api {

/// Operations for the cloudwatch service. All must outlive them.
std::vector<Operation> insight_rule_operations(storage::StateExecutor& state, telemetry::LogSettings& settings,
                                               telemetry::ContributorReports& reports, ListTokens tokens);

}  // namespace tocsin::api
