#include "detect/alarms/told_tags.h"

#include <algorithm>
#include <boost/json.hpp>

namespace tocsin::detect {
namespace {

bool names(const Array& keys, const std::string& key) {
  return std::any_of(keys.begin(), keys.end(), [&](const Document& each) { return each.is_string() && each.get_string() == key; });
}

}  // namespace

const Document* tags_propagation(const Document& definition) {
  const Document* propagation = find(find(definition, "ActionConfiguration"), "AlarmTagsPropagation");
  return propagation && truth_or(*propagation, "Enabled", false) ? propagation : nullptr;
}

ToldTags told_tags(const Document& propagation, const ToldTags& tags) {
  const Array &included = array_at(propagation, "IncludedTagKeys"), &excluded = array_at(propagation, "ExcludedTagKeys");
  ToldTags told;
  for (const auto& tag : tags)
    if ((included.empty() || names(included, tag.first)) && !names(excluded, tag.first) && !tag.first.starts_with("aws:"))
      told.push_back(tag);
  return told;
}

void add_to_event(Object& detail, const ToldTags& told) {
  Object tags;
  for (const auto& [key, value] : told) tags[key] = value;
  detail["alarmTags"] = std::move(tags);
  detail["alarmTagsStatus"] = "SUCCESS";
}

void add_to_message(Object& message, const ToldTags& told) {
  Array tags;
  for (const auto& [key, value] : told) tags.emplace_back(Object{{"Key", key}, {"Value", value}});
  message["AlarmTags"] = std::move(tags);
  message["AlarmTagsStatus"] = "SUCCESS";
}

}  // namespace tocsin::detect
