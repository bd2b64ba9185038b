#include "diagnose/log_query/field_names.h"

#include <algorithm>
#include <array>

namespace tocsin::diagnose {
namespace {

struct Known {
  std::string_view name;
  FieldOrigin origin;
};
constexpr std::array known = {Known{"@message", FieldOrigin::message},
                              Known{"@timestamp", FieldOrigin::timestamp},
                              Known{"@ingestionTime", FieldOrigin::ingestion_time},
                              Known{"@ptr", FieldOrigin::pointer},
                              Known{"@logStream", FieldOrigin::log_stream},
                              Known{"@log", FieldOrigin::log},
                              Known{"@aws.account", FieldOrigin::account},
                              Known{"@aws.region", FieldOrigin::region}};

bool owns(std::string_view owner, std::string_view name) {
  return name.size() > owner.size() + 1 && name.starts_with(owner) && name[owner.size()] == '.';
}

FieldNames::Name named(std::string_view text) {
  FieldNames::Name name{.text = std::string(text), .path = std::string(text), .owners = {}};
  constexpr std::string_view tag = "@aws.tag.";
  const auto found = std::find_if(known.begin(), known.end(), [&](const Known& each) { return each.name == text; });
  if (found != known.end())
    name.origin = found->origin;
  else if (text.starts_with(tag))
    name.origin = FieldOrigin::data_tag, name.path = text.substr(tag.size());
  else if (text.starts_with("@@"))
    name.path = text.substr(1);
  return name;
}

}  // namespace

FieldSlot FieldNames::slot(std::string_view text) {
  if (const auto found = slots_.find(text); found != slots_.end()) return found->second;
  const auto slot = static_cast<FieldSlot>(names_.size());
  Name name = named(text);
  for (FieldSlot other = 0; other < slot; ++other) {
    Name& each = names_[static_cast<std::size_t>(other)];
    if (owns(each.text, text)) name.owners.emplace_back(other, text.substr(each.text.size() + 1));
    if (owns(text, each.text)) each.owners.emplace_back(slot, each.text.substr(text.size() + 1));
  }
  names_.push_back(std::move(name));
  for (Name& each : names_)
    std::sort(each.owners.begin(), each.owners.end(), [](const auto& a, const auto& b) { return a.second.size() < b.second.size(); });
  slots_.emplace(text, slot);
  return slot;
}

FieldSlot FieldNames::find(std::string_view text) const {
  const auto found = slots_.find(text);
  return found == slots_.end() ? no_slot : found->second;
}

}  // namespace tocsin::diagnose
