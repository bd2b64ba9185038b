#include "base/plain_json.h"

#include <boost/json.hpp>
#include <charconv>
#include <cmath>
#include <utility>

namespace tocsin {
namespace json = boost::json;
namespace {

void print_text(std::string& out, std::string_view text) {
  static constexpr char hex[] = "0123456789abcdef";
  out += '"';
  for (std::size_t from = 0; from < text.size();) {
    std::size_t at = from;
    while (at < text.size() && static_cast<unsigned char>(text[at]) >= 0x20 && text[at] != '"' && text[at] != '\\') ++at;
    out.append(text, from, at - from);
    if (at == text.size()) break;
    const char c = text[at];
    static constexpr std::string_view short_meanings = "\"\\\b\f\n\r\t", short_escapes = "\"\\bfnrt";
    out += '\\';
    if (const std::size_t found = short_meanings.find(c); found != std::string_view::npos) {
      out += short_escapes[found];
    } else {
      out += "u00";
      out += hex[static_cast<unsigned char>(c) >> 4];
      out += hex[c & 15];
    }
    from = at + 1;
  }
  out += '"';
}

/// As people write it: 2.5, 300.0, 1e+21. What JSON cannot say is null.
void print_fraction(std::string& out, double number) {
  if (!std::isfinite(number)) {
    out += "null";
    return;
  }
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  const std::string_view text(digits, static_cast<std::size_t>(end - digits));
  out += text;
  if (text.find_first_of(".e") == std::string_view::npos) out += ".0";
}

void print_compact(std::string& out, const Document& value) {
  if (value.is_string()) return print_text(out, {value.get_string().data(), value.get_string().size()});
  if (value.is_double()) return print_fraction(out, value.get_double());
  if (value.is_int64()) {
    char digits[24];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, value.get_int64()).ptr);
    return;
  }
  if (const Object* object = value.if_object()) {
    char before = '{';
    for (const auto& [key, member] : *object) {
      out += std::exchange(before, ',');
      print_text(out, {key.data(), key.size()});
      out += ':';
      print_compact(out, member);
    }
    if (object->empty()) out += '{';
    out += '}';
  } else if (const Array* array = value.if_array()) {
    char before = '[';
    for (const Document& element : *array) {
      out += std::exchange(before, ',');
      print_compact(out, element);
    }
    if (array->empty()) out += '[';
    out += ']';
  } else {
    out += json::serialize(value);
  }
}

}  // namespace

std::string to_plain_json(const Document& document) {
  std::string out;
  print_compact(out, document);
  return out;
}

}  // namespace tocsin
