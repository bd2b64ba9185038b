#include "api/dispatch/audit_recorder/postponed_records.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/log.h"

namespace tocsin::api {
namespace {

using namespace std::chrono_literals;
constexpr std::size_t bytes_max = 4 << 20;
constexpr std::size_t written_at_once_max = 200;
constexpr Duration try_every = 1s;

std::size_t size_of(const telemetry::AuditRecord& record) { return to_json(record.record).size() + sizeof record; }

}  // namespace

bool PostponedRecords::add(telemetry::AuditRecord record) {
  // CloudTrail's own word for a record that comes late
  if (record.record.is_object()) record.record.as_object()["addendum"] = Object{{"reason", "DELIVERY_DELAY"}};
  const std::size_t size = size_of(record);
  if (bytes_ + size > bytes_max) return false;
  log::warning("api/audit", "a call is answered whose record cannot be written yet",
               {{"event", record.event_id}, {"name", record.event_name}, {"source", record.event_source}, {"actor", record.actor_arn}});
  bytes_ += size;
  waiting_.push_back(std::move(record));
  try_later();
  return true;
}

void PostponedRecords::try_later() {
  if (timer_ == 0)
    timer_ = state_.executor().post_after(try_every, [this] {
      timer_ = 0;
      write();
    });
}

void PostponedRecords::write() {
  const std::size_t count = std::min(waiting_.size(), written_at_once_max);
  state_.submit(
      [this, count]() -> Result<void> {
        for (std::size_t i = 0; i < count; ++i) trail_.append(waiting_[i]);
        return {};
      },
      [this, count](Result<void> written) {
        if (written) {
          for (std::size_t i = 0; i < count; ++i) bytes_ -= size_of(waiting_[i]);
          waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
        }
        if (!waiting_.empty()) try_later();
      });
}

}  // namespace tocsin::api
