#include "base/document.h"

#include <boost/json.hpp>
#include <boost/json/basic_parser_impl.hpp>
#include <charconv>

namespace tocsin {
namespace json = boost::json;

namespace {

/// Builds the document as Boost.JSON's own parser does, but for fractions: those it reads in fast steps whose last bit may be wrong.
struct DocumentBuilder {
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1), max_array_size = max_object_size,
                               max_key_size = max_object_size, max_string_size = max_object_size;
  using Error = json::error_code;
  using Text = json::string_view;

  bool on_document_begin(Error&) { return true; }
  bool on_document_end(Error&) { return true; }
  bool on_object_begin(Error&) { return true; }
  bool on_object_end(std::size_t count, Error&) { return stack.push_object(count), true; }
  bool on_array_begin(Error&) { return true; }
  bool on_array_end(std::size_t count, Error&) { return stack.push_array(count), true; }
  bool on_key_part(Text text, std::size_t, Error&) { return stack.push_chars(text), true; }
  bool on_key(Text text, std::size_t, Error&) { return stack.push_key(text), true; }
  bool on_string_part(Text text, std::size_t, Error&) { return stack.push_chars(text), true; }
  bool on_string(Text text, std::size_t, Error&) { return stack.push_string(text), true; }
  bool on_number_part(Text, Error&) { return true; }
  bool on_int64(std::int64_t number, Text, Error&) { return stack.push_int64(number), true; }
  bool on_uint64(std::uint64_t number, Text, Error&) { return stack.push_uint64(number), true; }
  bool on_double(double number, Text text, Error&) {
    (void)std::from_chars(text.data(), text.data() + text.size(), number);
    return stack.push_double(number), true;
  }
  bool on_bool(bool truth, Error&) { return stack.push_bool(truth), true; }
  bool on_null(Error&) { return stack.push_null(), true; }
  bool on_comment_part(Text, Error&) { return true; }
  bool on_comment(Text, Error&) { return true; }

  json::value_stack stack;
};

}  // namespace

Result<Document> parse_json(std::string_view text, std::size_t depth_max) {
  json::parse_options options;
  options.max_depth = depth_max;
  json::basic_parser<DocumentBuilder> parser(options);
  parser.handler().stack.reset();
  json::error_code error;
  const std::size_t read = parser.write_some(false, text.data(), text.size(), error);
  if (!error && read < text.size()) error = json::error::extra_data;
  if (error) return fail(ErrorKind::invalid, error.message());
  return parser.handler().stack.release();
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
