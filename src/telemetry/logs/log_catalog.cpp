#include "telemetry/logs/log_catalog.h"

namespace tocsin::telemetry {

LogGroup& LogCatalog::put(LogGroup group) {
  group_of_name_[{group.scope, group.name}] = group.id;
  return groups_[group.id] = std::move(group);
}

LogStream& LogCatalog::put(LogStream stream) {
  stream_of_name_[{stream.group, stream.name}] = stream.id;
  return streams_[stream.id] = std::move(stream);
}

LogGroup* LogCatalog::group(LogGroupId id) {
  const auto found = groups_.find(id);
  return found == groups_.end() ? nullptr : &found->second;
}

LogGroup* LogCatalog::group(const Scope& scope, const std::string& name) {
  const auto found = group_of_name_.find({scope, name});
  return found == group_of_name_.end() ? nullptr : group(found->second);
}

LogStream* LogCatalog::stream(LogStreamId id) {
  const auto found = streams_.find(id);
  return found == streams_.end() ? nullptr : &found->second;
}

LogStream* LogCatalog::stream(LogGroupId group, const std::string& name) {
  const auto found = stream_of_name_.find({group, name});
  return found == stream_of_name_.end() ? nullptr : stream(found->second);
}

void LogCatalog::remove_group(LogGroupId id) {
  const auto found = groups_.find(id);
  if (found == groups_.end()) return;
  for (const LogStream& each : streams(id)) remove_stream(each.id);
  group_of_name_.erase({found->second.scope, found->second.name});
  groups_.erase(found);
}

void LogCatalog::remove_stream(LogStreamId id) {
  const auto found = streams_.find(id);
  if (found == streams_.end()) return;
  stream_of_name_.erase({found->second.group, found->second.name});
  streams_.erase(found);
}

std::vector<LogGroup> LogCatalog::groups(const Scope& scope, const std::string& after_name, std::size_t count_max,
                                         const std::function<bool(const LogGroup&)>& wanted) const {
  std::vector<LogGroup> page;
  for (auto at = group_of_name_.upper_bound({scope, after_name});
       at != group_of_name_.end() && at->first.first == scope && page.size() < count_max; ++at) {
    const LogGroup& group = groups_.at(at->second);
    if (!wanted || wanted(group)) page.push_back(group);
  }
  return page;
}

std::vector<LogStream> LogCatalog::streams(LogGroupId group) const {
  std::vector<LogStream> found;
  for (auto at = stream_of_name_.lower_bound({group, ""}); at != stream_of_name_.end() && at->first.first == group; ++at)
    found.push_back(streams_.at(at->second));
  return found;
}

void LogCatalog::each_group(const std::function<void(const LogGroup&)>& visit) const {
  for (const auto& [id, group] : groups_) visit(group);
}

}  // namespace tocsin::telemetry
