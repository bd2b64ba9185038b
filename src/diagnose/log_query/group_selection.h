// The groups that a query names.
#pragma once

#include "diagnose/log_query/query_plan.h"
#include "telemetry/logs/log_store.h"

namespace tocsin::diagnose {

/// `not_found` names a group that is not there; `limit_exceeded` when there are more than 10,000. Of the caller's account alone: nothing is
/// found across accounts.
Result<std::vector<telemetry::LogGroupId>> select_groups(telemetry::LogStore& store, const Scope& scope, const SourceSelection& source);

}  // namespace tocsin::diagnose
