#include "telemetry/logs/transformers/field_path.h"

#include <boost/json.hpp>

namespace tocsin::telemetry::transformers {

Result<FieldPath> FieldPath::parse(std::string_view text) {
  constexpr std::size_t depth_max = 3;
  FieldPath path;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t dot = std::min(text.find('.', at), text.size());
    if (dot == at) return fail(ErrorKind::invalid, "Invalid key '" + std::string(text) + "' in the transformer configuration.");
    path.parts_.emplace_back(text.substr(at, dot - at));
    at = dot + 1;
  }
  if (path.parts_.size() > depth_max) return fail(ErrorKind::invalid, "The key '" + std::string(text) + "' is nested deeper than 3.");
  return path;
}

Document* FieldPath::find(Object& root) const {
  Object* object = &root;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    Document* value = object->if_contains(parts_[i]);
    if (!value || i + 1 == parts_.size()) return value;
    object = value->if_object();
    if (!object) return nullptr;
  }
  return nullptr;
}

bool FieldPath::set(Object& root, Document value, bool overwrite) const {
  Object* object = &root;
  for (std::size_t i = 0; i + 1 < parts_.size(); ++i) {
    Document& next = object->emplace(parts_[i], Object{}).first->value();
    object = next.if_object();
    if (!object) return false;
  }
  if (!overwrite && object->contains(parts_.back())) return false;
  (*object)[parts_.back()] = std::move(value);
  return true;
}

std::optional<Document> FieldPath::take(Object& root) const {
  Object* object = &root;
  for (std::size_t i = 0; i + 1 < parts_.size(); ++i) {
    Document* next = object->if_contains(parts_[i]);
    object = next ? next->if_object() : nullptr;
    if (!object) return std::nullopt;
  }
  const auto found = object->find(parts_.back());
  if (found == object->end()) return std::nullopt;
  Document value = std::move(found->value());
  // keeps the order of the others
  object->stable_erase(found);
  return value;
}

}  // namespace tocsin::telemetry::transformers
