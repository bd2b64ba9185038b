#include <fmt/format.h>

#include <boost/json.hpp>

#include "events/rules/rule_rows.h"
#include "events/schedules/schedule_rows.h"
#include "model/arn.h"

namespace tocsin::events {
namespace {

constexpr const char* group_columns = "SELECT account, region, name, tags, created_at, modified_at FROM scheduler_groups ";
ScheduleGroup read_group(const storage::Row& row) {
  return {{row.text(0), row.text(1)}, row.text(2), to_tags(row.document(3)), row.instant(4), row.instant(5)};
}

}  // namespace

std::string ScheduleGroup::arn() const { return make_arn("scheduler", scope, "schedule-group/" + name); }

Result<ScheduleGroup> Schedules::create_group(ScheduleGroup group) {
  if (find_group(group.scope, group.name))
    return fail(ErrorKind::conflict, fmt::format("Schedule group {} already exists.", group.name), "ConflictException");
  group.created_at = group.modified_at = state_.now();
  state_.database().execute(
      "INSERT INTO scheduler_groups (account, region, name, tags, created_at, modified_at) VALUES (?,?,?,?,?,?)",
      {group.scope.account, group.scope.region, group.name, to_object(group.tags), group.created_at, group.modified_at});
  return group;
}

Result<ScheduleGroup> Schedules::find_group(const Scope& scope, const std::string& name) {
  const auto row = state_.database().query_one(std::string(group_columns) + "WHERE account = ? AND region = ? AND name = ?",
                                               {scope.account, scope.region, name});
  if (row) return read_group(*row);
  if (name != default_group)
    return fail(ErrorKind::not_found, fmt::format("Schedule group {} does not exist.", name), "ResourceNotFoundException");
  // every scope has it, made when it is first asked for
  const ScheduleGroup group{scope, name, {}, state_.now(), state_.now()};
  state_.database().execute("INSERT INTO scheduler_groups (account, region, name, tags, created_at, modified_at) VALUES (?,?,?,'{}',?,?)",
                            {scope.account, scope.region, name, group.created_at, group.modified_at});
  return group;
}

Result<ScheduleGroup> Schedules::find_group_by_arn(const Scope& scope, const std::string& arn_text) {
  const auto arn = parse_arn(arn_text);
  if (!arn || arn->service != "scheduler" || !arn->resource.starts_with("schedule-group/") || arn->account != scope.account ||
      arn->region != scope.region)
    return fail(ErrorKind::not_found, fmt::format("Schedule group {} does not exist.", arn_text), "ResourceNotFoundException");
  return find_group(scope, arn->resource.substr(15));
}

std::vector<ScheduleGroup> Schedules::list_groups(const Scope& scope, const std::string& prefix, const std::string& after, int count_max) {
  (void)find_group(scope, default_group);
  std::vector<ScheduleGroup> out;
  for (const auto& row : state_.database().query(
           std::string(group_columns) + "WHERE account = ? AND region = ? AND name > ? AND substr(name, 1, ?) = ? ORDER BY name LIMIT ?",
           {scope.account, scope.region, after, prefix.size(), prefix, count_max}))
    out.push_back(read_group(row));
  return out;
}

Result<void> Schedules::set_group_tags(const ScheduleGroup& group, const Tags& tags) {
  state_.database().execute("UPDATE scheduler_groups SET tags = ?, modified_at = ? WHERE account = ? AND region = ? AND name = ?",
                            {to_object(tags), state_.now(), group.scope.account, group.scope.region, group.name});
  return {};
}

Result<void> Schedules::remove_group(const Scope& scope, const std::string& name) {
  if (name == default_group) return fail(ErrorKind::invalid, "The default schedule group cannot be deleted.", "ValidationException");
  if (const auto group = find_group(scope, name); !group) return std::unexpected(group.error());
  for (const auto& row : state_.database().query(std::string(schedule_columns) + "WHERE account = ? AND region = ? AND group_name = ?",
                                                 {scope.account, scope.region, name}))
    forget(read_schedule(row));
  state_.database().execute("DELETE FROM scheduler_groups WHERE account = ? AND region = ? AND name = ?",
                            {scope.account, scope.region, name});
  return {};
}

}  // namespace tocsin::events
