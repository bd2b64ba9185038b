#include "remediate/documents/document_parameters.h"

#include <re2/re2.h>

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

namespace tocsin::remediate {
namespace {

std::unexpected<Error> content_error(const std::string& name, const std::string& what) {
  return fail(ErrorKind::invalid, "Parameter \"" + name + "\": " + what, "InvalidDocumentContent");
}

std::unexpected<Error> value_error(const std::string& name, const std::string& what) {
  return fail(ErrorKind::invalid, "Parameter \"" + name + "\" " + what);
}

std::optional<ParameterKind> parse_kind(std::string_view type) {
  if (type == "String" || type.starts_with("AWS::")) return ParameterKind::string;
  if (type == "StringList" || (type.starts_with("List<AWS::") && type.ends_with('>'))) return ParameterKind::string_list;
  if (type == "Boolean") return ParameterKind::boolean;
  if (type == "Integer") return ParameterKind::integer;
  if (type == "MapList") return ParameterKind::map_list;
  if (type == "StringMap") return ParameterKind::string_map;
  return std::nullopt;
}

Result<ParameterDefinition> parse_definition(const std::string& name, const Document& definition) {
  static const RE2 name_pattern("[a-zA-Z0-9_.]{1,50}");
  if (!RE2::FullMatch(name, name_pattern))
    return content_error(name, "a parameter's name has 1 to 50 of the characters a-z, A-Z, 0-9, _ and .");
  if (!definition.is_object()) return content_error(name, "must be a map with a type.");
  const auto type = text_at(definition, "type");
  if (!type) return content_error(name, "type is required.");
  const auto kind = parse_kind(*type);
  if (!kind)
    return content_error(name, "the type \"" + *type + "\" is not one of String, StringList, Boolean, Integer, MapList, StringMap.");
  ParameterDefinition parsed{.name = name, .type_text = *type, .kind = *kind, .description = text_or(definition, "description")};
  if (const Document* otherwise = find(definition, "default"); otherwise && !otherwise->is_null()) parsed.default_value = *otherwise;
  for (const Document& value : array_at(definition, "allowedValues")) parsed.allowed_values.push_back(to_plain_text(value));
  parsed.allowed_pattern = text_or(definition, "allowedPattern");
  if (!parsed.allowed_pattern.empty() && !RE2(parsed.allowed_pattern, RE2::Quiet).ok())
    return content_error(name, "allowedPattern is not a valid regular expression.");
  parsed.items_min = integer_at(definition, "minItems");
  parsed.items_max = integer_at(definition, "maxItems");
  parsed.chars_min = integer_at(definition, "minChars");
  parsed.chars_max = integer_at(definition, "maxChars");
  return parsed;
}

/// The NAME of "{{ssm:NAME}}" when that is the whole text.
std::optional<std::string> stored_name(std::string_view text) {
  static const RE2 pattern(R"(\{\{\s*ssm:([^\s{}]+)\s*\}\})");
  std::string name;
  if (!RE2::FullMatch(re2::StringPiece(text.data(), text.size()), pattern, &name)) return std::nullopt;
  return name;
}

Result<Document> one_scalar(const ParameterDefinition& definition, const std::vector<std::string>& texts) {
  if (texts.size() != 1) return value_error(definition.name, "of type " + definition.type_text + " takes one value.");
  const std::string& text = texts.front();
  if (definition.kind == ParameterKind::string) return Document(text);
  if (definition.kind == ParameterKind::boolean) {
    if (text == "true" || text == "True") return Document(true);
    if (text == "false" || text == "False") return Document(false);
    return value_error(definition.name, "must be true or false.");
  }
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return value_error(definition.name, "must be an integer.");
  return Document(number);
}

Result<Document> one_map(const ParameterDefinition& definition, const std::string& text) {
  auto parsed = parse_json(text);
  if (!parsed || !parsed->is_object()) return value_error(definition.name, "must be a map in JSON.");
  return parsed;
}

Result<Document> map_list(const ParameterDefinition& definition, const std::vector<std::string>& texts) {
  Array maps;
  for (const std::string& text : texts) {
    auto parsed = parse_json(text);
    if (!parsed || !(parsed->is_object() || parsed->is_array())) return value_error(definition.name, "must be a list of maps in JSON.");
    if (parsed->is_object())
      maps.push_back(std::move(*parsed));
    else
      for (Document& element : parsed->get_array()) maps.push_back(std::move(element));
  }
  return maps;
}

Result<Document> from_texts(const ParameterDefinition& definition, const std::vector<std::string>& texts) {
  if (definition.kind == ParameterKind::string_list) return Document(Array(texts.begin(), texts.end()));
  if (definition.kind == ParameterKind::map_list) return map_list(definition, texts);
  if (definition.kind == ParameterKind::string_map && texts.size() == 1) return one_map(definition, texts.front());
  return one_scalar(definition, texts);
}

bool fits_kind(ParameterKind kind, const Document& value) {
  switch (kind) {
    case ParameterKind::string:
      return value.is_string() || value.is_number() || value.is_bool();
    case ParameterKind::string_list:
    case ParameterKind::map_list:
      return value.is_array();
    case ParameterKind::boolean:
      return value.is_bool();
    case ParameterKind::integer:
      return value.is_int64() || value.is_uint64();
    case ParameterKind::string_map:
      return value.is_object();
  }
  return false;
}

Result<Document> from_default(const ParameterDefinition& definition, const StoredValue& stored_value) {
  const Document& otherwise = *definition.default_value;
  if (const auto name = otherwise.is_string() ? stored_name(std::string_view(otherwise.get_string())) : std::nullopt) {
    auto value = stored_value(*name);
    if (!value) return std::unexpected(value.error());
    return from_texts(definition, {*value});
  }
  if (otherwise.is_string() && definition.kind != ParameterKind::string)
    return from_texts(definition, {std::string(otherwise.get_string())});
  if (definition.kind == ParameterKind::string && !otherwise.is_string()) return Document(to_plain_text(otherwise));
  return otherwise;
}

Result<void> check_text(const ParameterDefinition& definition, const std::string& text) {
  if (!definition.allowed_values.empty() && std::ranges::find(definition.allowed_values, text) == definition.allowed_values.end()) {
    std::string allowed;
    for (const std::string& value : definition.allowed_values) allowed += (allowed.empty() ? "" : ", ") + value;
    return value_error(definition.name, "has the value " + text + ", which is not one of the allowed values [" + allowed + "].");
  }
  if (!definition.allowed_pattern.empty() && !RE2::FullMatch(text, RE2(definition.allowed_pattern, RE2::Quiet)))
    return value_error(definition.name,
                       "has the value " + text + ", which does not match the allowed pattern " + definition.allowed_pattern + ".");
  const auto length = static_cast<std::int64_t>(text.size());
  if (definition.chars_min && length < *definition.chars_min)
    return value_error(definition.name, "must have at least " + std::to_string(*definition.chars_min) + " characters.");
  if (definition.chars_max && length > *definition.chars_max)
    return value_error(definition.name, "must have at most " + std::to_string(*definition.chars_max) + " characters.");
  return {};
}

Result<void> check_value(const ParameterDefinition& definition, const Document& value) {
  if (value.is_array()) {
    const auto count = static_cast<std::int64_t>(value.get_array().size());
    if (definition.items_min && count < *definition.items_min)
      return value_error(definition.name, "must have at least " + std::to_string(*definition.items_min) + " items.");
    if (definition.items_max && count > *definition.items_max)
      return value_error(definition.name, "must have at most " + std::to_string(*definition.items_max) + " items.");
  }
  for (const std::string& text : to_texts(value))
    if (auto checked = check_text(definition, text); !checked) return checked;
  return {};
}

}  // namespace

std::string to_plain_text(const Document& value) {
  if (value.is_string()) return std::string(value.get_string());
  if (value.is_bool()) return value.get_bool() ? "true" : "false";
  return to_json(value);
}

std::vector<std::string> to_texts(const Document& value) {
  if (!value.is_array()) return {to_plain_text(value)};
  std::vector<std::string> texts;
  for (const Document& element : value.get_array()) texts.push_back(to_plain_text(element));
  return texts;
}

GivenParameters given_parameters_at(const Document& input, std::string_view key) {
  GivenParameters given;
  for (const auto& [name, values] : object_at(input, key)) given[std::string(name)] = to_texts(values);
  return given;
}

Result<std::vector<ParameterDefinition>> parse_parameter_definitions(const Document& content) {
  std::vector<ParameterDefinition> definitions;
  const Document* parameters = find(content, "parameters");
  if (!parameters || parameters->is_null()) return definitions;
  if (!parameters->is_object()) return fail(ErrorKind::invalid, "parameters must be a map.", "InvalidDocumentContent");
  if (parameters->get_object().size() > 200)
    return fail(ErrorKind::invalid, "A document has at most 200 parameters.", "InvalidDocumentContent");
  for (const auto& [name, definition] : parameters->get_object()) {
    auto parsed = parse_definition(std::string(name), definition);
    if (!parsed) return std::unexpected(parsed.error());
    const auto& otherwise = parsed->default_value;
    if (otherwise && !otherwise->is_string() && !fits_kind(parsed->kind, *otherwise))
      return content_error(parsed->name, "the default is not of the type " + parsed->type_text + ".");
    definitions.push_back(std::move(*parsed));
  }
  return definitions;
}

Result<Object> resolve_parameters(const std::vector<ParameterDefinition>& definitions, const GivenParameters& given,
                                  const StoredValue& stored_value) {
  for (const auto& [name, values] : given)
    if (std::ranges::find(definitions, name, &ParameterDefinition::name) == definitions.end())
      return value_error(name, "is not defined in the document.");
  Object resolved;
  for (const ParameterDefinition& definition : definitions) {
    const auto value = given.find(definition.name);
    if (value == given.end() && !definition.default_value) return value_error(definition.name, "is required and has no value.");
    auto typed = value != given.end() ? from_texts(definition, value->second) : from_default(definition, stored_value);
    if (!typed) return std::unexpected(typed.error());
    // an empty default stands for "not given" and is held against nothing
    const bool is_empty_default = value == given.end() && (*typed == Document("") || *typed == Document(Array{}));
    if (!is_empty_default)
      if (auto checked = check_value(definition, *typed); !checked) return std::unexpected(checked.error());
    resolved[definition.name] = std::move(*typed);
  }
  return resolved;
}

}  // namespace tocsin::remediate
