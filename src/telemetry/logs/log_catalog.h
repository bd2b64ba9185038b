// The groups and streams in memory, found by name and by id.
#pragma once

#include <map>
#include <unordered_map>

#include "telemetry/logs/log_store.h"

namespace tocsin::telemetry {

class LogCatalog {
 public:
  LogGroup& put(LogGroup group);
  LogStream& put(LogStream stream);
  LogGroup* group(LogGroupId id);
  LogGroup* group(const Scope& scope, const std::string& name);
  LogStream* stream(LogStreamId id);
  LogStream* stream(LogGroupId group, const std::string& name);
  void remove_group(LogGroupId id);
  void remove_stream(LogStreamId id);
  std::vector<LogGroup> groups(const Scope& scope, const std::string& after_name, std::size_t count_max,
                               const std::function<bool(const LogGroup&)>& wanted) const;
  std::vector<LogStream> streams(LogGroupId group) const;
  void each_group(const std::function<void(const LogGroup&)>& visit) const;

 private:
  std::unordered_map<LogGroupId, LogGroup> groups_;
  std::unordered_map<LogStreamId, LogStream> streams_;
  std::map<std::pair<Scope, std::string>, LogGroupId> group_of_name_;
  std::map<std::pair<LogGroupId, std::string>, LogStreamId> stream_of_name_;
};

}  // namespace tocsin::telemetry
