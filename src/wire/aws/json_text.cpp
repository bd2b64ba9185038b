#include "wire/aws/json_text.h"

#include <boost/json.hpp>
#include <cmath>

#include "base/encoding.h"
#include "wire/aws/codec.h"
#include "wire/aws/packed_lists.h"
#include "wire/aws/scalars.h"

namespace tocsin::wire {
namespace {

// as deep as the services go
constexpr std::size_t depth_max = 100;

std::unexpected<WireError> broken(std::string message) { return wire_fail("SerializationException", std::move(message)); }

std::string_view token_of(const Document& value) {
  if (value.is_string()) return "STRING_VALUE";
  if (value.is_bool()) return value.get_bool() ? "TRUE_VALUE" : "FALSE_VALUE";
  return "NUMBER_VALUE";
}

std::unexpected<WireError> mismatch(const Document& value, const Shape& shape) {
  if (shape.type == ShapeType::list) return broken("Expected list or null");
  if (shape.type == ShapeType::map) return broken("Expected map or null");
  if (shape.type == ShapeType::structure) return broken("Expected structure or null");
  if (value.is_object()) return broken("Start of structure or map found where not expected.");
  if (value.is_array()) return broken("Start of list found where not expected");
  std::string_view wanted = "String";
  switch (shape.type) {
    case ShapeType::integer:
      wanted = "Integer";
      break;
    case ShapeType::long_integer:
      wanted = "Long";
      break;
    case ShapeType::float_single:
      wanted = "Float";
      break;
    case ShapeType::float_double:
      wanted = "Double";
      break;
    case ShapeType::boolean:
      wanted = "Boolean";
      break;
    case ShapeType::timestamp:
      wanted = "Timestamp";
      break;
    case ShapeType::blob:
      wanted = "Blob";
      break;
    default:
      break;
  }
  return broken(std::string(token_of(value)) + " cannot be converted to " + std::string(wanted));
}

class Reader {
 public:
  explicit Reader(JsonNames names) : names_(names) {}

  Parsed<Document> structure(Document& source, const Shape& shape) const {
    Object* object = source.if_object();
    if (!object) return mismatch(source, shape);
    if (shape.is_document) return std::move(source);
    Object out;
    for (auto& [key, value] : *object) {
      const Member* member =
          names_ == JsonNames::wire ? shape.member_by_wire_name(std::string_view(key)) : shape.member(std::string_view(key));
      if (!member || value.is_null() || (names_ == JsonNames::wire && member->location != Location::body)) continue;
      Parsed<Document> read = any(value, *member);
      if (!read) return read;
      out.emplace(member->name, std::move(*read));
    }
    return Document(std::move(out));
  }

 private:
  Parsed<Document> any(Document& source, const Member& member) const {
    const Shape& shape = *member.shape;
    switch (shape.type) {
      case ShapeType::structure:
        return structure(source, shape);
      case ShapeType::list:
        return list(source, shape);
      case ShapeType::map:
        return map(source, shape);
      default:
        return scalar(source, shape);
    }
  }

  Parsed<Document> list(Document& source, const Shape& shape) const {
    Array* array = source.if_array();
    if (!array) return mismatch(source, shape);
    for (Document& element : *array) {
      if (element.is_null()) continue;  // refused by validation, with its place
      Parsed<Document> read = any(element, shape.element);
      if (!read) return read;
      element = std::move(*read);
    }
    return std::move(source);
  }

  Parsed<Document> map(Document& source, const Shape& shape) const {
    Object* object = source.if_object();
    if (!object) return mismatch(source, shape);
    Object out;
    for (auto& [key, value] : *object) {
      if (value.is_null()) continue;
      Parsed<Document> read = any(value, shape.value);
      if (!read) return read;
      out.emplace(key, std::move(*read));
    }
    return Document(std::move(out));
  }

  static Parsed<Document> scalar(Document& source, const Shape& shape) {
    switch (shape.type) {
      case ShapeType::boolean:
        if (source.is_bool()) return std::move(source);
        break;
      case ShapeType::integer:
      case ShapeType::long_integer:
        return integer(source, shape);
      case ShapeType::float_single:
      case ShapeType::float_double:
        return real(source, shape);
      case ShapeType::timestamp:
        return timestamp(source, shape);
      case ShapeType::blob:
        return blob(source, shape);
      default:
        if (source.is_string()) return std::move(source);
        break;
    }
    return mismatch(source, shape);
  }

  static Parsed<Document> integer(const Document& source, const Shape& shape) {
    if (source.is_int64() && fits(source.get_int64(), shape)) return Document(source.get_int64());
    if (source.is_double() && std::trunc(source.get_double()) == source.get_double() && std::abs(source.get_double()) < 9e15 &&
        fits(static_cast<std::int64_t>(source.get_double()), shape))
      return Document(static_cast<std::int64_t>(source.get_double()));
    return mismatch(source, shape);
  }

  static Parsed<Document> real(const Document& source, const Shape& shape) {
    if (const auto number = as_number(source)) return Document(*number);
    if (!source.is_string()) return mismatch(source, shape);
    const std::string_view text = source.get_string();
    if (text != "NaN" && text != "Infinity" && text != "-Infinity") return mismatch(source, shape);
    return Document(*parse_double(text));
  }

  static Parsed<Document> timestamp(const Document& source, const Shape& shape) {
    std::optional<std::int64_t> ns;
    if (source.is_string())
      ns = parse_timestamp(std::string_view(source.get_string()));
    else if (const auto seconds = as_number(source))
      ns = ns_from_seconds(*seconds);
    if (!ns) return mismatch(source, shape);
    return Document(*ns);
  }

  static Parsed<Document> blob(const Document& source, const Shape& shape) {
    if (!source.is_string()) return mismatch(source, shape);
    auto bytes = from_base64(std::string_view(source.get_string()));
    if (!bytes) return broken("STRING_VALUE cannot be converted to Blob: it is not base64");
    return Document(boost::json::string(*bytes));
  }

  JsonNames names_;
};

class Writer {
 public:
  Writer(std::string& out, JsonNames names) : out_(out), names_(names) {}

  void structure(const Document& document, const Shape& shape) {
    const Object* object = document.if_object();
    if (!object || shape.is_document) return write_plain_json(out_, document);
    out_ += '{';
    bool first = true;
    for (const Member& member : shape.members) {
      const Document* value = object->if_contains(member.name);
      if (!value || value->is_null() || (names_ == JsonNames::wire && member.location != Location::body)) continue;
      if (!first) out_ += ',';
      first = false;
      write_json_text(out_, names_ == JsonNames::wire ? member.wire_name() : std::string_view(member.name));
      out_ += ':';
      any(*value, member);
    }
    out_ += '}';
  }

 private:
  void any(const Document& value, const Member& member) {
    switch (member.shape->type) {
      case ShapeType::structure:
        return structure(value, *member.shape);
      case ShapeType::list:
        return list(value, *member.shape);
      case ShapeType::map:
        return map(value, *member.shape);
      default:
        return scalar(value, member);
    }
  }

  /// Numbers without a text of each.
  void packed(const Document& value, const Member& element) {
    const PackedNumbers numbers{std::string_view(value.get_string())};
    const bool real = element.shape->type == ShapeType::float_double;
    const bool seconds = !real && timestamp_format(element, TimestampFormat::unix_seconds) == TimestampFormat::unix_seconds;
    constexpr std::size_t shortest = 12;
    out_.reserve(out_.size() + numbers.size() * (real ? 2 * shortest : shortest));
    out_ += '[';
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      if (i > 0) out_ += ',';
      if (real && std::isfinite(numbers.real(i)))
        append_double(out_, numbers.real(i));
      else if (seconds)
        append_unix_seconds(out_, numbers.integer(i));
      else
        scalar(real ? Document(numbers.real(i)) : Document(numbers.integer(i)), element);
    }
    out_ += ']';
  }

  void list(const Document& value, const Shape& shape) {
    if (is_packed(value, shape)) return packed(value, shape.element);
    if (!value.is_array()) return write_plain_json(out_, value);
    out_ += '[';
    bool first = true;
    for (const Document& element : value.get_array()) {
      if (!first) out_ += ',';
      first = false;
      any(element, shape.element);
    }
    out_ += ']';
  }

  void map(const Document& value, const Shape& shape) {
    if (!value.is_object()) return write_plain_json(out_, value);
    out_ += '{';
    bool first = true;
    for (const auto& [key, element] : value.get_object()) {
      if (!first) out_ += ',';
      first = false;
      write_json_text(out_, std::string_view(key));
      out_ += ':';
      any(element, shape.value);
    }
    out_ += '}';
  }

  void scalar(const Document& value, const Member& member) {
    const ShapeType type = member.shape->type;
    if (type == ShapeType::blob && value.is_string()) return write_json_text(out_, to_base64(std::string_view(value.get_string())));
    if (type == ShapeType::timestamp && value.is_int64()) {
      const TimestampFormat format = timestamp_format(member, TimestampFormat::unix_seconds);
      if (format == TimestampFormat::unix_seconds) return append_unix_seconds(out_, value.get_int64());
      return write_json_text(out_, format_timestamp(value.get_int64(), format));
    }
    if ((type == ShapeType::float_double || type == ShapeType::float_single) && value.is_int64()) {
      out_ += format_double(static_cast<double>(value.get_int64()));
      return;
    }
    write_plain_json(out_, value);
  }

  std::string& out_;
  JsonNames names_;
};

}  // namespace

Parsed<Document> read_json(std::string_view body, const Shape& shape, JsonNames names) {
  if (body.find_first_not_of(" \t\r\n") == std::string_view::npos) return Document(Object{});
  auto source = parse_json(body, depth_max);
  if (!source) return broken("The request body is not valid JSON: " + source.error().message);
  return Reader(names).structure(*source, shape);
}

Parsed<Document> read_json_document(Document source, const Shape& shape) { return Reader(JsonNames::model).structure(source, shape); }

void write_json(std::string& out, const Document& document, const Shape& shape, JsonNames names) {
  Writer(out, names).structure(document, shape);
}

std::string json_error_members(const WireError& error, const Shape* shape, JsonNames names) {
  std::string text;
  const bool has_place = shape && shape->member(message_member(shape));
  if (shape)
    write_json(text, error_members(error, shape), *shape, names);
  else
    write_plain_json(text, error.members);
  std::string members = text.substr(1, text.size() - 2);
  if (has_place || error.message.empty()) return members;
  if (!members.empty()) members += ',';
  members += "\"message\":";
  write_json_text(members, error.message);
  return members;
}

void write_json_text(std::string& out, std::string_view text) {
  out += '"';
  std::size_t plain = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const unsigned char byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0x20 && byte != '"' && byte != '\\') continue;
    out += text.substr(plain, i - plain);
    plain = i + 1;
    switch (byte) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default: {
        static constexpr char digits[] = "0123456789abcdef";
        out += "\\u00";
        out += digits[byte >> 4];
        out += digits[byte & 15];
      }
    }
  }
  out += text.substr(plain);
  out += '"';
}

void write_plain_json(std::string& out, const Document& document) {
  if (document.is_string()) return write_json_text(out, std::string_view(document.get_string()));
  if (!document.is_double()) {
    out += to_json(document);
    return;
  }
  if (std::isfinite(document.get_double()))
    append_double(out, document.get_double());
  else
    write_json_text(out, format_double(document.get_double()));
}

}  // namespace tocsin::wire
