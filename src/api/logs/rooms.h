// What the operations of CloudWatch Logs work on.
#pragma once

#include "telemetry/logs/log_store.h"
#include "telemetry/logs/settings/log_settings.h"
#include "telemetry/logs/subscriptions/subscription_targets.h"

namespace tocsin::api {

/// All must outlive the service; the StateExecutor's executor must be theirs.
struct LogRooms {
  telemetry::LogStore& store;
  telemetry::LogSettings& settings;
  telemetry::SubscriptionTargets& targets;
};

}  // namespace tocsin::api
