#include "remediate/parameters/parameter_filter.h"

#include <algorithm>
#include <set>

#include "remediate/parameters/parameter_rules.h"

namespace tocsin::remediate {
namespace {

bool is_tag_key(std::string_view key) { return key.starts_with("tag:"); }

bool key_allowed(std::string_view key, FilterUse use) {
  if (is_tag_key(key) || key == "Type" || key == "KeyId" || key == "DataType") return true;
  if (use == FilterUse::by_path) return key == "Label";
  return key == "Name" || key == "Path" || key == "Tier";
}

std::string_view valid_keys(FilterUse use) {
  return use == FilterUse::by_path ? "[Type, KeyId, Label, DataType, tag:]" : "[Path, Name, Type, KeyId, Tier, DataType, tag:]";
}

bool option_allowed(std::string_view key, std::string_view option) {
  if (option.empty()) return true;
  if (key == "Path") return option == "Recursive" || option == "OneLevel";
  if (option == "Equals") return true;
  if (option == "BeginsWith") return key == "Name" || key == "KeyId";
  return option == "Contains" && key == "Name";
}

std::string_view valid_options(std::string_view key) {
  if (key == "Path") return "[OneLevel, Recursive]";
  if (key == "Name") return "[BeginsWith, Equals, Contains]";
  return key == "KeyId" ? "[BeginsWith, Equals]" : "[Equals]";
}

bool text_matches(const ParameterFilter& filter, std::string_view text) {
  return std::ranges::any_of(filter.values, [&](const std::string& value) {
    if (filter.option == "BeginsWith") return text.starts_with(value);
    if (filter.option == "Contains") return text.find(value) != text.npos;
    return text == value;
  });
}

bool name_matches(const ParameterFilter& filter, std::string_view name) {
  if (text_matches(filter, name)) return true;
  // a value without its slash finds the name with it, as the console's search does
  return filter.option != "Contains" && name.starts_with('/') && text_matches(filter, name.substr(1));
}

bool tag_matches(const ParameterFilter& filter, const Tags& tags) {
  const std::string_view key = std::string_view(filter.key).substr(4);
  return std::ranges::any_of(
      tags, [&](const auto& tag) { return tag.first == key && (filter.values.empty() || text_matches(filter, tag.second)); });
}

bool matches_one(const ParameterFilter& filter, const StoredParameter& parameter, const Tags& tags) {
  if (is_tag_key(filter.key)) return tag_matches(filter, tags);
  if (filter.key == "Name") return name_matches(filter, parameter.name);
  if (filter.key == "Type") return text_matches(filter, to_text(parameter.type));
  if (filter.key == "Tier") return text_matches(filter, to_text(parameter.tier));
  if (filter.key == "DataType") return text_matches(filter, parameter.data_type);
  if (filter.key == "KeyId") return !parameter.key_id.empty() && text_matches(filter, parameter.key_id);
  if (filter.key == "Label")
    return std::ranges::any_of(parameter.labels, [&](const std::string& label) { return text_matches(filter, label); });
  return std::ranges::any_of(filter.values,
                             [&](const std::string& path) { return is_below(parameter.name, path, filter.option == "Recursive"); });
}

Result<void> check_one(const ParameterFilter& filter, FilterUse use) {
  if (!key_allowed(filter.key, use))
    return fail(
        ErrorKind::invalid,
        "The following filter key is not valid: " + filter.key + ". Valid filter keys include: " + std::string(valid_keys(use)) + ".",
        "InvalidFilterKey");
  if (!option_allowed(filter.key, filter.option))
    return fail(ErrorKind::invalid,
                "The following filter option is not valid: " + filter.option +
                    ". Valid options include: " + std::string(valid_options(filter.key)) + ".",
                "InvalidFilterOption");
  if (filter.values.empty() && !is_tag_key(filter.key))
    return fail(ErrorKind::invalid, "The following filter values are missing : null for filter key " + filter.key + ".",
                "InvalidFilterValue");
  for (const std::string& value : filter.values)
    if (filter.key == "Path" && !value.starts_with('/'))
      return fail(ErrorKind::invalid, "The parameter path must begin with a forward slash \"/\": " + value, "InvalidFilterValue");
  return {};
}

}  // namespace

Result<void> check_filters(const std::vector<ParameterFilter>& filters, FilterUse use) {
  std::set<std::string_view> seen;
  for (const ParameterFilter& filter : filters) {
    if (auto checked = check_one(filter, use); !checked) return checked;
    if (!seen.insert(filter.key).second)
      return fail(ErrorKind::invalid, "The following filter key is specified more than once: " + filter.key + ".", "InvalidFilterKey");
  }
  return {};
}

bool matches(const std::vector<ParameterFilter>& filters, const StoredParameter& parameter, const Tags& tags) {
  return std::ranges::all_of(filters, [&](const ParameterFilter& filter) { return matches_one(filter, parameter, tags); });
}

}  // namespace tocsin::remediate
