#include "diagnose/log_query/discovery.h"

#include <simdjson.h>

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <cmath>

namespace tocsin::diagnose {
namespace {

namespace dom = simdjson::dom;
constexpr int path_depth_max = 32;
// broken texts with many braces must not cost a parse each
constexpr int fragments_tried_max = 4;

/// The place behind the brace that closes the one at `begin`, or npos.
std::size_t closing_brace(std::string_view text, std::size_t begin) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t at = begin; at < text.size(); ++at) {
    const char c = text[at];
    if (quoted) {
      if (c == '\\')
        ++at;
      else if (c == '"')
        quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{') {
      ++depth;
    } else if (c == '}' && --depth == 0) {
      return at + 1;
    }
  }
  return std::string_view::npos;
}

constexpr double exact_max = 9'007'199'254'740'992.0;

Value leaf(dom::element element) {
  switch (element.type()) {
    case dom::element_type::STRING:
      return std::string(element.get_string().value_unsafe());
    case dom::element_type::BOOL:
      return std::string(element.get_bool().value_unsafe() ? "true" : "false");
    case dom::element_type::INT64: {
      const std::int64_t number = element.get_int64().value_unsafe();
      return std::abs(static_cast<double>(number)) < exact_max ? Value(static_cast<double>(number)) : Value(std::to_string(number));
    }
    case dom::element_type::UINT64:
      return std::to_string(element.get_uint64().value_unsafe());
    case dom::element_type::DOUBLE:
      return number_value(element.get_double().value_unsafe());
    default:
      return {};
  }
}

bool is_container(dom::element element) { return element.is_object() || element.is_array(); }

/// Of duplicate keys the last.
bool find_child(dom::element of, std::string_view name, dom::element& child) {
  bool found = false;
  if (dom::object object; of.get_object().get(object) == simdjson::SUCCESS) {
    for (const auto field : object)
      if (field.key == name) {
        child = field.value;
        found = true;
      }
    return found;
  }
  dom::array array;
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), index);
  if (error != std::errc() || end != name.data() + name.size() || of.get_array().get(array) != simdjson::SUCCESS) return false;
  return array.at(index).get(child) == simdjson::SUCCESS;
}

/// The whole rest of the path may be one name; else each of its beginnings, the longest first.
bool find_path(dom::element of, std::string_view path, dom::element& found, int depth = 0) {
  if (depth > path_depth_max || path.empty()) return false;
  if (find_child(of, path, found)) return true;
  for (std::size_t end = path.rfind('.'); end != std::string_view::npos && end > 0; end = path.rfind('.', end - 1)) {
    dom::element child;
    if (find_child(of, path.substr(0, end), child) && find_path(child, path.substr(end + 1), found, depth + 1)) return true;
  }
  return false;
}

void flatten(dom::element of, std::string& path, std::vector<std::pair<std::string, Value>>& fields, int depth) {
  if (fields.size() >= discovered_fields_max || depth > path_depth_max) return;
  const std::size_t size = path.size();
  const auto visit = [&](std::string_view name, dom::element child) {
    if (size > 0) path += '.';
    path += name;
    if (is_container(child))
      flatten(child, path, fields, depth + 1);
    else if (fields.size() < discovered_fields_max && !child.is_null())
      fields.emplace_back(path.starts_with('@') ? '@' + path : path, leaf(child));
    path.resize(size);
  };
  if (dom::object object; of.get_object().get(object) == simdjson::SUCCESS)
    for (const auto field : object) visit(field.key, field.value);
  if (dom::array array; of.get_array().get(array) == simdjson::SUCCESS) {
    std::size_t index = 0;
    for (const dom::element element : array) visit(std::to_string(index++), element);
  }
}

}  // namespace

Value number_value(double number) {
  return number == std::floor(number) && std::abs(number) < exact_max ? Value(number) : Value(exact_text_of(number));
}

struct Discovery::Parts {
  dom::parser parser;
  std::uint64_t id = 0;
  bool json = false;
  dom::element root;
  std::string copy;  ///< a fragment, padded
  std::vector<std::pair<std::string, Value>> known;
  std::vector<std::pair<std::string, Value>> flat;  ///< of an event with very many fields
  bool many = false;

  bool parse(std::string_view text) {
    copy.reserve(text.size() + simdjson::SIMDJSON_PADDING);
    copy.assign(text);
    return parser.parse(copy.data(), copy.size(), false).get(root) == simdjson::SUCCESS && root.is_object();
  }

  bool find_json(std::string_view message) {
    std::size_t begin = message.find('{');
    if (begin == std::string_view::npos) return false;
    const std::size_t last = message.find_last_not_of(" \t\r\n");
    if (message.find_first_not_of(" \t\r\n") == begin && message[last] == '}' && parse(message.substr(begin, last + 1 - begin)))
      return true;
    for (int tried = 0; begin != std::string_view::npos && tried < fragments_tried_max; ++tried) {
      const std::size_t end = closing_brace(message, begin);
      if (end != std::string_view::npos && parse(message.substr(begin, end - begin))) return true;
      begin = message.find('{', begin + 1);
    }
    return false;
  }
};

Discovery::Discovery() : parts_(std::make_unique<Parts>()) {}
Discovery::~Discovery() = default;

void Discovery::look_at(std::uint64_t id, std::string_view message) {
  Parts& p = *parts_;
  if (p.id == id && id != 0) return;
  p.id = id;
  p.known.clear();
  p.flat.clear();
  p.many = false;
  p.json = p.find_json(message);
  if (!p.json || message.front() != '{') p.known = fields_of_known_line(message);
  if (!p.json) return;
  // each field beyond the first needs a comma
  if (message.size() < discovered_fields_max * 2 ||
      std::count(message.begin(), message.end(), ',') < static_cast<std::ptrdiff_t>(discovered_fields_max))
    return;
  p.many = true;
  std::string path;
  flatten(p.root, path, p.flat, 0);
}

Value Discovery::field(std::uint64_t id, std::string_view message, std::string_view path) {
  if (message.empty()) return {};
  look_at(id, message);
  Parts& p = *parts_;
  for (const auto& [name, value] : p.known)
    if (name == path) return value;
  if (p.many) {
    const std::string shown = path.starts_with('@') ? '@' + std::string(path) : std::string(path);
    for (const auto& [name, value] : p.flat)
      if (name == shown) return value;
    return {};
  }
  dom::element found;
  return p.json && find_path(p.root, path, found) ? leaf(found) : Value();
}

Value Discovery::structure(std::uint64_t id, std::string_view message, std::string_view path) {
  if (message.empty()) return {};
  look_at(id, message);
  dom::element found;
  if (!parts_->json || !find_path(parts_->root, path, found) || !is_container(found)) return {};
  auto document = parse_json(simdjson::minify(found));
  return document ? Value(std::make_shared<const Document>(std::move(*document))) : Value();
}

std::vector<std::pair<std::string, Value>> Discovery::all(std::string_view message) {
  if (message.empty()) return {};
  look_at(0, message);
  auto fields = parts_->known;
  std::string path;
  if (parts_->json) flatten(parts_->root, path, fields, 0);
  return fields;
}

Value at_path(const Document& document, std::string_view path) {
  const auto child = [](const Document& of, std::string_view name) -> const Document* {
    if (of.is_object()) return find(of, name);
    if (!of.is_array()) return nullptr;
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), index);
    const bool there = error == std::errc() && end == name.data() + name.size() && index < of.get_array().size();
    return there ? &of.get_array()[index] : nullptr;
  };
  const Document* at = &document;
  for (int depth = 0; depth < path_depth_max; ++depth) {
    if (const Document* whole = child(*at, path)) return value_of(*whole);
    const Document* next = nullptr;
    for (std::size_t end = path.rfind('.'); !next && end != std::string_view::npos && end > 0; end = path.rfind('.', end - 1))
      if ((next = child(*at, path.substr(0, end)))) path.remove_prefix(end + 1);
    if (!next) return {};
    at = next;
  }
  return {};
}

}  // namespace tocsin::diagnose
