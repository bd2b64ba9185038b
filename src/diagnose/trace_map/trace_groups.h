// Groups of traces, and what else X-Ray keeps by name in an account: policies, the encryption configuration, indexing rules, tags.
// https://docs.aws.amazon.com/xray/latest/devguide/xray-console-groups.html
// Threads: only on the StateExecutor, inside a unit of work.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "diagnose/trace_map/filter_match.h"
#include "model/scope.h"
#include "storage/state_executor.h"

namespace tocsin::diagnose {

struct TraceGroup {
  std::string name;
  std::string arn;
  std::string filter;
  bool insights = false, notifications = false;
};

inline constexpr const char* default_group = "Default";
inline constexpr std::size_t groups_max = 25;

/// What an X-Ray account keeps beside traces, by kind and name.
enum class TraceSetting { group, resource_policy, encryption, destination, indexing_rule, tags, retrieval };

class TraceSettings {
 public:
  explicit TraceSettings(storage::StateExecutor& state) : state_(state) {}
  Result<void> migrate();

  std::optional<Document> find(const Scope& scope, TraceSetting kind, const std::string& name);
  /// By name.
  std::vector<Document> list(const Scope& scope, TraceSetting kind);
  void put(const Scope& scope, TraceSetting kind, const std::string& name, const Document& document);
  /// Whether there was one.
  bool remove(const Scope& scope, TraceSetting kind, const std::string& name);

 private:
  storage::StateExecutor& state_;
};

class TraceGroups {
 public:
  TraceGroups(TraceSettings& settings, Random& random) : settings_(settings), random_(random) {}

  /// The default group first.
  std::vector<TraceGroup> list(const Scope& scope);
  /// By its name, or by its ARN when the name is empty.
  std::optional<TraceGroup> find(const Scope& scope, const std::string& name, const std::string& arn);
  /// `already_exists`, `limit_exceeded`, `invalid` (the filter). Gives the group with its ARN.
  Result<TraceGroup> create(const Scope& scope, TraceGroup group);
  /// `invalid` (the filter).
  Result<void> update(const Scope& scope, const TraceGroup& group);
  void remove(const Scope& scope, const TraceGroup& group);
  /// For filters that name groups.
  FindGroupFilter filters(const Scope& scope);

 private:
  TraceSettings& settings_;
  Random& random_;
};

}  // namespace tocsin::diagnose
