// The audit trail: CloudTrail records of management calls.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/document.h"
#include "model/scope.h"
#include "storage/state_executor.h"

namespace tocsin::telemetry {

struct AuditResource {
  std::string type;  ///< "AWS::SNS::Topic"
  std::string arn;

  bool operator==(const AuditResource&) const = default;
};

struct AuditRecord {
  Scope scope;
  std::string event_id;  ///< a UUID
  Instant event_time{};  ///< the end of the request
  std::string event_name;
  std::string event_source;  ///< "ssm.amazonaws.com"
  bool read_only = false;
  std::string username;  ///< user, role session or service; "root"
  std::string actor_arn;
  std::string access_key_id;
  std::string error_code;  ///< empty when it worked
  std::vector<AuditResource> resources;
  Document record;  ///< the whole record, as CloudTrail writes it
};

enum class AuditAttribute { event_id, event_name, read_only, username, resource_type, resource_name, event_source, access_key_id };

struct AuditLookup {
  std::optional<AuditAttribute> attribute;
  std::string value;
  std::optional<Instant> from;  ///< at or after
  std::optional<Instant> to;    ///< at or before
  std::string after;            ///< the position where the page before stopped; empty for the first
  std::size_t count_max = 50;
};

struct AuditPage {
  std::vector<AuditRecord> records;  ///< newest first
  std::string next;                  ///< empty at the end
};

struct AuditSettings {
  Duration retention = std::chrono::hours(24 * 90);
  std::size_t rows_max = 1'000'000;  ///< the oldest go first
};

/// Threads: only on the StateExecutor, inside a unit of work.
class AuditTrail {
 public:
  explicit AuditTrail(storage::StateExecutor& state, AuditSettings settings = {}) : state_(state), settings_(settings) {}
  Result<void> migrate();

  /// One insert, and one more for each resource of a call that changes something. Every few thousand records the oldest are removed.
  void append(const AuditRecord& record);
  AuditPage lookup(const Scope& scope, const AuditLookup& lookup);
  /// Calls that change something with `from` <= time < `to`, the newest so many, oldest first, failed ones too (error_code says so): what an investigation asks
  /// first.
  std::vector<AuditRecord> changes(const Scope& scope, Instant from, Instant to, std::size_t count_max);
  /// Removes what is older than the retention or beyond the rows, of the oldest some thousand at once.
  void trim();

 private:
  std::int64_t next_sequence();

  storage::StateExecutor& state_;
  AuditSettings settings_;
  std::size_t appended_ = 0;
  std::int64_t last_sequence_ = -1;  ///< -1: not read yet
};

/// The last part of an ARN: arn:aws:sns:r:a:pages → pages.
std::string short_name(const std::string& arn);

}  // namespace tocsin::telemetry
