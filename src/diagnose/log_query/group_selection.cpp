#include "diagnose/log_query/group_selection.h"

#include <algorithm>

namespace tocsin::diagnose {
namespace {

constexpr std::size_t groups_max = 10'000;

/// With * for any text.
bool is_like(std::string_view text, std::string_view pattern) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return text == pattern;
  if (!text.starts_with(pattern.substr(0, star))) return false;
  const std::string_view rest = pattern.substr(star + 1);
  for (std::size_t at = star; at <= text.size(); ++at)
    if (is_like(text.substr(at), rest)) return true;
  return false;
}

bool has_tag(const telemetry::LogGroup& group, const SourceSelection::TagFilter& filter) {
  const auto tag = group.tags.find(filter.key);
  if (filter.values.empty()) return tag != group.tags.end();
  return std::any_of(filter.values.begin(), filter.values.end(), [&](const std::string& value) {
    if (value.starts_with('!')) return tag == group.tags.end() || !is_like(tag->second, std::string_view(value).substr(1));
    return tag != group.tags.end() && is_like(tag->second, value);
  });
}

bool is_wanted(const telemetry::LogGroup& group, const SourceSelection& source) {
  if (group.log_group_class != source.log_group_class) return false;
  if (!source.accounts.empty() && std::find(source.accounts.begin(), source.accounts.end(), group.scope.account) == source.accounts.end())
    return false;
  const bool prefixed = source.prefixes.empty() || std::any_of(source.prefixes.begin(), source.prefixes.end(),
                                                               [&](const std::string& prefix) { return group.name.starts_with(prefix); });
  return prefixed && std::all_of(source.tags.begin(), source.tags.end(), [&](const auto& filter) { return has_tag(group, filter); });
}

/// The name in an ARN of a group, or the text itself.
std::string name_in(std::string_view identifier) {
  constexpr std::string_view before = ":log-group:";
  const std::size_t at = identifier.starts_with("arn:") ? identifier.find(before) : std::string_view::npos;
  if (at == std::string_view::npos) return std::string(identifier);
  std::string_view name = identifier.substr(at + before.size());
  if (name.ends_with(":*")) name.remove_suffix(2);
  return std::string(name);
}

}  // namespace

Result<std::vector<telemetry::LogGroupId>> select_groups(telemetry::LogStore& store, const Scope& scope, const SourceSelection& source) {
  std::vector<telemetry::LogGroupId> ids;
  for (const std::string& name : source.names) {
    const telemetry::LogGroup* group = store.find_group(scope, name_in(name));
    if (!group)
      return fail(ErrorKind::not_found, "Log group '" + name_in(name) + "' does not exist for account ID '" + scope.account + "'");
    ids.push_back(group->id);
  }
  if (!source.names.empty()) return ids;
  for (const telemetry::LogGroup& group :
       store.groups(scope, {}, groups_max + 1, [&](const telemetry::LogGroup& each) { return is_wanted(each, source); }))
    ids.push_back(group.id);
  if (ids.size() > groups_max)
    return fail(ErrorKind::limit_exceeded, "The SOURCE command selects more than 10,000 log groups; choose fewer.");
  return ids;
}

}  // namespace tocsin::diagnose
