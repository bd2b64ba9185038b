// What the operations of CloudWatch Logs work on.
#pragma once

#include <functional>

#include "api/call.h"
#include "telemetry/logs/exports/log_exports.h"
#include "telemetry/logs/live_tail/live_tails.h"
#include "telemetry/logs/log_store.h"
#include "telemetry/logs/settings/log_settings.h"
#include "telemetry/logs/subscriptions/subscription_targets.h"

namespace tocsin::wire {
class BodyStreams;
}

namespace tocsin::api {

using MayUnmask = std::function<bool(const Call&, const telemetry::LogGroup&)>;

/// All must outlive the service; the StateExecutor's executor must be theirs.
struct LogRooms {
  telemetry::LogStore& store;
  telemetry::LogSettings& settings;
  telemetry::SubscriptionTargets& targets;
  telemetry::LiveTails& tails;
  telemetry::LogExports& exports;
  wire::BodyStreams& streams;
  /// Whether the caller may see what the group's policy masks. Without it everybody may.
  MayUnmask may_unmask = {};
};

}  // namespace tocsin::api
