#include "base/document.h"

#include <boost/json.hpp>

namespace tocsin {
namespace json = boost::json;

Result<Document> parse_json(std::string_view text, std::size_t depth_max) {
  json::parse_options options;
  options.max_depth = depth_max;
  json::error_code error;
  Document document = json::parse({text.data(), text.size()}, error, {}, options);
  if (error) return fail(ErrorKind::invalid, error.message());
  return document;
}

std::string to_json(const Document& document) { return json::serialize(document); }

namespace {
void indent(std::string& out, int level) { out.append(static_cast<std::size_t>(level) * 2, ' '); }

void print(std::string& out, const Document& value, int level);

void print_object(std::string& out, const Object& object, int level) {
  out += "{\n";
  bool first = true;
  for (const auto& [key, member] : object) {
    if (!first) out += ",\n";
    first = false;
    indent(out, level + 1);
    out += json::serialize(json::string_view(key)) + ": ";
    print(out, member, level + 1);
  }
  out += '\n';
  indent(out, level);
  out += '}';
}

void print_array(std::string& out, const Array& array, int level) {
  out += "[\n";
  bool first = true;
  for (const Document& element : array) {
    if (!first) out += ",\n";
    first = false;
    indent(out, level + 1);
    print(out, element, level + 1);
  }
  out += '\n';
  indent(out, level);
  out += ']';
}

void print(std::string& out, const Document& value, int level) {
  if (value.is_object() && !value.get_object().empty()) return print_object(out, value.get_object(), level);
  if (value.is_array() && !value.get_array().empty()) return print_array(out, value.get_array(), level);
  out += json::serialize(value);
}
}  // namespace

std::string to_pretty_json(const Document& document) {
  std::string out;
  print(out, document, 0);
  return out;
}

const Document* find(const Object& object, std::string_view key) { return object.if_contains({key.data(), key.size()}); }

const Document* find(const Document& document, std::string_view key) {
  const Object* object = document.if_object();
  return object ? find(*object, key) : nullptr;
}

const Document* find(const Document* document, std::string_view key) { return document ? find(*document, key) : nullptr; }

std::optional<std::string> text_at(const Document& document, std::string_view key) {
  const Document* member = find(document, key);
  if (!member || !member->is_string()) return std::nullopt;
  return std::string(member->get_string());
}

std::optional<std::int64_t> integer_at(const Document& document, std::string_view key) {
  const Document* member = find(document, key);
  if (!member) return std::nullopt;
  json::error_code error;
  const auto value = member->to_number<std::int64_t>(error);
  if (error) return std::nullopt;
  return value;
}

std::optional<double> as_number(const Document& document) {
  json::error_code error;
  const double value = document.to_number<double>(error);
  if (error) return std::nullopt;
  return value;
}

std::optional<double> number_at(const Document& document, std::string_view key) {
  const Document* member = find(document, key);
  return member ? as_number(*member) : std::nullopt;
}

std::optional<bool> truth_at(const Document& document, std::string_view key) {
  const Document* member = find(document, key);
  if (!member || !member->is_bool()) return std::nullopt;
  return member->get_bool();
}

std::string text_or(const Document& document, std::string_view key, std::string_view otherwise) {
  return text_at(document, key).value_or(std::string(otherwise));
}

std::int64_t integer_or(const Document& document, std::string_view key, std::int64_t otherwise) {
  return integer_at(document, key).value_or(otherwise);
}

bool truth_or(const Document& document, std::string_view key, bool otherwise) { return truth_at(document, key).value_or(otherwise); }

namespace {
const Array& elements_of(const Document* member) {
  static const Array empty;
  return member && member->is_array() ? member->get_array() : empty;
}

const Object& members_of(const Document* member) {
  static const Object empty;
  return member && member->is_object() ? member->get_object() : empty;
}
}  // namespace

const Array& array_at(const Document& document, std::string_view key) { return elements_of(find(document, key)); }
const Array& array_at(const Object& object, std::string_view key) { return elements_of(find(object, key)); }
const Object& object_at(const Document& document, std::string_view key) { return members_of(find(document, key)); }
const Object& object_at(const Object& object, std::string_view key) { return members_of(find(object, key)); }

}  // namespace tocsin
