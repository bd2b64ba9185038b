// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch-Logs-Transformation-JSONMutate.html
#include <boost/json.hpp>

#include "telemetry/logs/transformers/processors.h"

namespace tocsin::telemetry::transformers {
namespace {

struct Entry {
  FieldPath from, to;
  std::string from_text, value;
  bool overwrite;
};

/// The entries with their paths by these members; `to` may be "" when there is no second path.
Result<std::vector<Entry>> entries_of(const Document& definition, std::string_view from, std::string_view to) {
  std::vector<Entry> entries;
  for (const Document& each : array_at(definition, "entries")) {
    Entry entry{.from = {},
                .to = {},
                .from_text = text_or(each, from),
                .value = text_or(each, "value"),
                .overwrite = truth_or(each, "overwriteIfExists", false)};
    if (!entry.from_text.starts_with('@')) {
      auto path = FieldPath::parse(entry.from_text);
      if (!path) return std::unexpected(path.error());
      entry.from = std::move(*path);
    }
    if (!to.empty()) {
      auto path = FieldPath::parse(text_or(each, to));
      if (!path) return std::unexpected(path.error());
      entry.to = std::move(*path);
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

using Apply = void (*)(Object&, const Entry&, const TransformedFrom&);
Compiled each_entry(const Document& definition, std::string_view from, std::string_view to, Apply apply) {
  auto entries = entries_of(definition, from, to);
  if (!entries) return std::unexpected(entries.error());
  return Process([entries = std::move(*entries), apply](Object& event, std::string_view, const TransformedFrom& origin) {
    for (const Entry& entry : entries) apply(event, entry, origin);
    return true;
  });
}

std::optional<std::string> metadata(std::string_view key, const TransformedFrom& from) {
  if (key == "@logGroupName") return from.group;
  if (key == "@logGroupStream") return from.stream;
  if (key == "@accountId") return from.scope.account;
  if (key == "@regionName") return from.scope.region;
  return std::nullopt;
}

void move(Object& event, const Entry& entry, bool into_object) {
  Document* target = entry.to.find(event);
  Object* inside = target && into_object ? target->if_object() : nullptr;
  if (!entry.from.find(event) || (inside && inside->contains(entry.from.last()) && !entry.overwrite)) return;
  if (target && !inside && !entry.overwrite) return;
  auto value = entry.from.take(event);
  // taking it may have moved what `inside` points to
  target = entry.to.find(event);
  if (target && into_object && target->is_object())
    target->get_object()[entry.from.last()] = std::move(*value);
  else
    entry.to.set(event, std::move(*value), true);
}

}  // namespace

Compiled add_keys(const Document& definition) {
  return each_entry(definition, "key", "", [](Object& event, const Entry& entry, const TransformedFrom&) {
    entry.from.set(event, Document(entry.value), entry.overwrite);
  });
}

Compiled copy_values(const Document& definition) {
  return each_entry(definition, "source", "target", [](Object& event, const Entry& entry, const TransformedFrom& from) {
    if (entry.from_text.starts_with('@')) {
      if (auto value = metadata(entry.from_text, from)) entry.to.set(event, Document(*value), entry.overwrite);
      return;
    }
    if (const Document* value = entry.from.find(event)) entry.to.set(event, Document(*value), entry.overwrite);
  });
}

Compiled move_keys(const Document& definition) {
  return each_entry(definition, "source", "target",
                    [](Object& event, const Entry& entry, const TransformedFrom&) { move(event, entry, true); });
}

Compiled rename_keys(const Document& definition) {
  return each_entry(definition, "key", "renameTo",
                    [](Object& event, const Entry& entry, const TransformedFrom&) { move(event, entry, false); });
}

Compiled delete_keys(const Document& definition) {
  std::vector<FieldPath> paths;
  for (const Document& key : array_at(definition, "withKeys")) {
    auto path = FieldPath::parse(std::string_view(key.get_string()));
    if (!path) return std::unexpected(path.error());
    paths.push_back(std::move(*path));
  }
  return Process([paths](Object& event, std::string_view, const TransformedFrom&) {
    for (const FieldPath& path : paths) path.take(event);
    return true;
  });
}

Compiled list_to_map(const Document& definition) {
  auto source = FieldPath::parse(text_or(definition, "source"));
  if (!source) return std::unexpected(source.error());
  std::optional<FieldPath> target;
  if (const auto text = text_at(definition, "target")) {
    auto path = FieldPath::parse(*text);
    if (!path) return std::unexpected(path.error());
    target = std::move(*path);
  }
  const std::string key = text_or(definition, "key");
  const auto value_key = text_at(definition, "valueKey"), element = text_at(definition, "flattenedElement");
  const bool flatten = truth_or(definition, "flatten", false);
  if (flatten && !element) return fail(ErrorKind::invalid, "flattenedElement must be specified when flatten is true.");
  return Process([=, source = *source](Object& event, std::string_view, const TransformedFrom&) {
    const Document* list = source.find(event);
    if (!list || !list->is_array()) return true;
    Object map;
    for (const Document& each : list->get_array()) {
      const auto name = text_at(each, key);
      const Document* value = value_key ? find(each, *value_key) : &each;
      if (!name || !value) continue;
      if (!flatten) {
        Document& values = map.emplace(*name, Array{}).first->value();
        values.get_array().push_back(*value);
      } else if (*element == "last" || !map.contains(*name)) {
        map[*name] = *value;
      }
    }
    if (target) {
      target->set(event, std::move(map), true);
      return true;
    }
    for (auto& [name, value] : map) event[name] = std::move(value);
    return true;
  });
}

}  // namespace tocsin::telemetry::transformers
