#include "telemetry/logs/group_policies/field_indexes.h"

#include <boost/json.hpp>

namespace tocsin::telemetry {

Result<std::vector<FieldIndex>> indexed_fields(const std::string& text) {
  constexpr std::size_t fields_max = 20, name_length_max = 100;
  const auto document = parse_json(text);
  if (!document || !document->is_object()) return fail(ErrorKind::invalid, "The policy document is not valid JSON.");
  std::vector<FieldIndex> fields;
  for (const Document& each : array_at(*document, "Fields"))
    if (each.is_string()) fields.push_back({std::string(each.get_string()), false, false});
  for (const auto& [name, settings] : object_at(*document, "FieldsV2")) {
    const std::string type = text_or(settings, "type", "FIELD_INDEX");
    if (type != "FIELD_INDEX" && type != "FACET")
      return fail(ErrorKind::invalid, "The type of the field '" + std::string(name) + "' must be FIELD_INDEX or FACET.");
    fields.push_back({std::string(name), type == "FACET", false});
  }
  if (fields.empty()) return fail(ErrorKind::invalid, "The policy document must name at least one field.");
  if (fields.size() > fields_max) return fail(ErrorKind::invalid, "At most 20 fields can be indexed.");
  for (const FieldIndex& field : fields)
    if (field.name.empty() || field.name.size() > name_length_max)
      return fail(ErrorKind::invalid, "The name of an indexed field must have 1 to 100 characters.");
  return fields;
}

Result<SelectionCriteria> group_selection(const std::string& criteria) {
  return SelectionCriteria::parse(criteria, {"LogGroupName", "LogGroupNamePrefix"});
}

std::vector<LogSetting> account_policies_of(LogSettings& settings, const LogGroup& group, const std::string& type) {
  std::vector<LogSetting> found;
  for (LogSetting& each : settings.list(log_setting::account_policy, group.scope, {.owner = type})) {
    const std::string criteria = text_or(each.body, "selectionCriteria");
    // a prefix is selected when the group's name begins with it
    const std::size_t quote = criteria.find('"');
    if (criteria.starts_with("LogGroupNamePrefix") && quote != std::string::npos) {
      const std::string prefix = criteria.substr(quote + 1, criteria.find('"', quote + 1) - quote - 1);
      if (group.name.starts_with(prefix)) found.push_back(std::move(each));
      continue;
    }
    const auto selection = group_selection(criteria);
    if (selection && selection->selects([&](std::string_view) { return group.name; })) found.push_back(std::move(each));
  }
  return found;
}

std::vector<FieldIndex> field_indexes_of(LogSettings& settings, const LogGroup& group) {
  std::vector<FieldIndex> fields;
  for (const char* name : {"@logStream", "@aws.region", "@aws.account", "@source.log", "traceId"}) fields.push_back({name, false, true});
  const auto add = [&](const std::string& document) {
    if (auto indexed = indexed_fields(document))
      for (FieldIndex& field : *indexed) fields.push_back(std::move(field));
  };
  if (const auto own = settings.get(log_setting::index_policy, group.scope, group.name, "")) {
    add(text_or(*own, "policyDocument"));
    return fields;
  }
  for (const LogSetting& each : account_policies_of(settings, group, "FIELD_INDEX_POLICY")) add(text_or(each.body, "policyDocument"));
  return fields;
}

}  // namespace tocsin::telemetry
