// Documents about logs: filters, policies, transformers, destinations, tasks. One table, so that all of a group's go with the group.
// Threads: only on the StateExecutor; changes inside a unit of work.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/document.h"
#include "model/scope.h"
#include "storage/state_executor.h"

namespace tocsin::telemetry {

/// The names stand in the database.
namespace log_setting {
inline constexpr std::string_view metric_filter = "metric-filter";
inline constexpr std::string_view subscription_filter = "subscription-filter";
inline constexpr std::string_view transformer = "transformer";
inline constexpr std::string_view data_protection = "data-protection";
inline constexpr std::string_view index_policy = "index-policy";
inline constexpr std::string_view group_attributes = "group-attributes";
inline constexpr std::string_view destination = "destination";
inline constexpr std::string_view resource_policy = "resource-policy";
inline constexpr std::string_view account_policy = "account-policy";
inline constexpr std::string_view delivery_source = "delivery-source";
inline constexpr std::string_view delivery_destination = "delivery-destination";
inline constexpr std::string_view delivery = "delivery";
inline constexpr std::string_view export_task = "export-task";
inline constexpr std::string_view syslog = "syslog";
inline constexpr std::string_view anomaly_detector = "anomaly-detector";
inline constexpr std::string_view anomaly = "anomaly";
inline constexpr std::string_view insight_rule = "insight-rule";
inline constexpr std::string_view scheduled_query = "scheduled-query";
inline constexpr std::string_view scheduled_run = "scheduled-run";
inline constexpr std::string_view tags = "tags";
}  // namespace log_setting

struct LogSetting {
  Scope scope;
  std::string owner;  ///< a log group's name, or what it belongs to; "" for the account's own
  std::string name;
  Document body;
};

class LogSettings {
 public:
  explicit LogSettings(storage::StateExecutor& state) : state_(state) {}
  Result<void> migrate();

  void put(std::string_view kind, const LogSetting& setting);
  std::optional<Document> get(std::string_view kind, const Scope& scope, std::string_view owner, std::string_view name);
  /// Whether it was there.
  bool remove(std::string_view kind, const Scope& scope, std::string_view owner, std::string_view name);

  struct Query {
    std::optional<std::string> owner;  ///< of any when absent
    std::string prefix;                ///< of names
    std::string after_name, after_owner;
    std::size_t count_max = 10'000;
  };
  /// In the order of names, then owners.
  std::vector<LogSetting> list(std::string_view kind, const Scope& scope, const Query& query);
  /// Of every account.
  std::vector<LogSetting> all(std::string_view kind);
  std::int64_t count(std::string_view kind, const Scope& scope, std::string_view owner);
  /// Everything that `owner` has of these kinds.
  void remove_owned(const Scope& scope, std::string_view owner);

  /// Another number whenever something was changed and committed.
  std::uint64_t generation() const { return generation_; }

 private:
  void changed();

  storage::StateExecutor& state_;
  std::uint64_t generation_ = 1;
};

}  // namespace tocsin::telemetry
