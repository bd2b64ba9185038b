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

/// A name that no query can type, for what is typed in backticks may not unmask.
FieldSlot FieldNames::unmasked_slot(std::string_view text) {
  std::string key = "\x1f";
  key += text;
  if (const FieldSlot known_already = find(key); known_already != no_slot) return known_already;
  const FieldSlot made = slot(key);
  Name& name = names_[static_cast<std::size_t>(made)];
  name.origin = FieldOrigin::unmasked;
  name.path = text == "@message" ? std::string() : named(text).path;
  return made;
}

bool FieldNames::has_unmasked() const {
  return std::any_of(names_.begin(), names_.end(), [](const Name& name) { return name.origin == FieldOrigin::unmasked; });
}

FieldSlot FieldNames::find(std::string_view text) const {
  const auto found = slots_.find(text);
  return found == slots_.end() ? no_slot : found->second;
}

}  // namespace tocsin::diagnose
