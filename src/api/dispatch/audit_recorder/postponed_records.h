// Records of calls that were answered while nothing could be written: they wait in memory, bounded, and are written as soon as there is room.
#pragma once

#include <deque>

#include "storage/state_executor.h"
#include "telemetry/audit/audit_trail.h"

namespace tocsin::api {

/// Touched only on the StateExecutor, outside a unit.
class PostponedRecords {
 public:
  PostponedRecords(storage::StateExecutor& state, telemetry::AuditTrail& trail) : state_(state), trail_(trail) {}
  ~PostponedRecords() { state_.cancel(timer_); }
  PostponedRecords(const PostponedRecords&) = delete;

  /// Also written to the server's own log, which is all that is left of it should the process be killed before there is room.
  /// False when there are too many: the call must not be answered.
  bool add(telemetry::AuditRecord record);
  std::size_t count() const { return waiting_.size(); }

 private:
  void try_later();
  void write();

  storage::StateExecutor& state_;
  telemetry::AuditTrail& trail_;
  std::deque<telemetry::AuditRecord> waiting_;
  std::size_t bytes_ = 0;
  TimerId timer_ = 0;
};

}  // namespace tocsin::api
