#include "remediate/automation/variables.h"

#include <algorithm>
#include <boost/json.hpp>

#include "remediate/documents/document_parameters.h"

namespace tocsin::remediate {
namespace {

struct Reference {
  std::size_t begin, end;  ///< of "{{ name }}" in the text
  std::string_view name;
};

bool is_name(std::string_view name) {
  if (name.empty() || name.size() > 256 || !(std::isalpha(static_cast<unsigned char>(name.front())) || name.front() == '_')) return false;
  return std::ranges::all_of(
      name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.' || c == ':' || c == '-'; });
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::optional<Reference> next_reference(std::string_view text, std::size_t from) {
  for (std::size_t begin = text.find("{{", from); begin != text.npos; begin = text.find("{{", begin + 1)) {
    const std::size_t end = text.find("}}", begin + 2);
    if (end == text.npos) return std::nullopt;
    const std::string_view name = trim(text.substr(begin + 2, end - begin - 2));
    if (is_name(name)) return Reference{begin, end + 2, name};
  }
  return std::nullopt;
}

Result<Document> value_of(std::string_view name, const Lookup& lookup) {
  auto value = lookup(name);
  if (!value) return fail(ErrorKind::invalid, "No value for {{" + std::string(name) + "}}");
  return std::move(*value);
}

Result<Document> substitute_text(std::string_view text, const Lookup& lookup) {
  auto reference = next_reference(text, 0);
  if (!reference) return Document(text);
  if (trim(text.substr(0, reference->begin)).empty() && trim(text.substr(reference->end)).empty()) return value_of(reference->name, lookup);
  std::string out;
  std::size_t at = 0;
  for (; reference; reference = next_reference(text, at)) {
    auto value = value_of(reference->name, lookup);
    if (!value) return value;
    out += text.substr(at, reference->begin - at);
    out += to_plain_text(*value);
    at = reference->end;
  }
  return Document(out + std::string(text.substr(at)));
}

void collect(const Document& value, std::vector<std::string>& names) {
  if (value.is_string()) {
    const std::string_view text(value.get_string());
    for (auto reference = next_reference(text, 0); reference; reference = next_reference(text, reference->end))
      names.emplace_back(reference->name);
  } else if (value.is_array()) {
    for (const Document& element : value.get_array()) collect(element, names);
  } else if (value.is_object()) {
    for (const auto& member : value.get_object()) collect(member.value(), names);
  }
}

/// A list that a whole element stands for becomes part of the list around it only when that list is nothing else: ["{{ Names }}"] with a
/// StringList is the StringList.
Result<Document> substitute_array(const Array& array, const Lookup& lookup) {
  Array out;
  for (const Document& element : array) {
    auto value = substitute(element, lookup);
    if (!value) return value;
    if (array.size() == 1 && element.is_string() && value->is_array()) return value;
    out.push_back(std::move(*value));
  }
  return out;
}

}  // namespace

Result<Document> substitute(const Document& value, const Lookup& lookup) {
  if (value.is_string()) return substitute_text(std::string_view(value.get_string()), lookup);
  if (value.is_array()) return substitute_array(value.get_array(), lookup);
  if (!value.is_object()) return value;
  Object out;
  for (const auto& [key, member] : value.get_object()) {
    auto substituted = substitute(member, lookup);
    if (!substituted) return substituted;
    out[key] = std::move(*substituted);
  }
  return out;
}

std::vector<std::string> references_in(const Document& value) {
  std::vector<std::string> names;
  collect(value, names);
  return names;
}

}  // namespace tocsin::remediate
