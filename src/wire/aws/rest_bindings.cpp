#include "wire/aws/rest_bindings.h"

#include <strings.h>

#include <boost/json.hpp>

#include "base/encoding.h"
#include "wire/aws/scalars.h"

namespace tocsin::wire {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

/// A header's list: pieces between commas, blanks trimmed, quoted ones unquoted; an HTTP date holds a comma of its own.
std::vector<std::string> header_list(std::string_view text, bool dates) {
  std::vector<std::string> pieces(1);
  bool quoted = false;
  int commas = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"')
      quoted = !quoted;
    else if (quoted && text[i] == '\\' && i + 1 < text.size())
      pieces.back() += text[++i];
    else if (text[i] == ',' && !quoted && !(dates && ++commas % 2 == 1))
      pieces.emplace_back();
    else if (text[i] != ' ' || quoted || !pieces.back().empty())
      pieces.back() += text[i];
  }
  for (std::string& piece : pieces)
    while (piece.ends_with(' ')) piece.pop_back();
  return pieces;
}

class BoundReader {
 public:
  BoundReader(const Route& route, const HttpRequest& request, Object& out) : route_(route), request_(request), query_(parse_form(request.query)), out_(out) {}

  std::optional<WireError> read_member(const Member& member, const Shape& shape) {
    switch (member.location) {
      case Location::uri:
        for (const auto& [label, value] : route_.labels)
          if (label == member.wire_name()) return put(member, value, TimestampFormat::iso8601);
        return std::nullopt;
      case Location::query_string:
        return read_query(member, shape);
      case Location::header:
        return read_header(member);
      case Location::header_prefix:
        read_prefixed_headers(member);
        return std::nullopt;
      case Location::status_code:
      case Location::body:
        break;
    }
    return std::nullopt;
  }

 private:
  std::optional<WireError> put(const Member& member, std::string_view text, TimestampFormat format) {
    Parsed<Document> value = scalar_from_text(text, member, member.name, format);
    if (!value) return value.error();
    out_.insert_or_assign(member.name, std::move(*value));
    return std::nullopt;
  }

  std::optional<WireError> read_query(const Member& member, const Shape& shape) {
    if (member.shape->type == ShapeType::map) return read_query_map(member, shape);
    Array list;
    for (const auto& [name, value] : query_) {
      if (name != member.wire_name()) continue;
      if (member.shape->type != ShapeType::list) return put(member, value, TimestampFormat::iso8601);
      Parsed<Document> element = scalar_from_text(value, member.shape->element, member.name, TimestampFormat::iso8601);
      if (!element) return element.error();
      list.push_back(std::move(*element));
    }
    if (!list.empty()) out_.insert_or_assign(member.name, std::move(list));
    return std::nullopt;
  }

  /// All parameters that no other member names.
  std::optional<WireError> read_query_map(const Member& member, const Shape& shape) {
    Object map;
    const bool lists = member.shape->value.shape->type == ShapeType::list;
    for (const auto& [name, value] : query_) {
      const Member* owner = shape.member_by_wire_name(name);
      if (owner && owner->location == Location::query_string) continue;
      if (!is_utf8(name) || !is_utf8(value)) return WireError{"SerializationException", "The query string is not UTF-8", 0, {}};
      if (!lists)
        map.emplace(name, value);
      else if (Document& slot = map[name]; slot.is_array())
        slot.get_array().emplace_back(boost::json::string(value));
      else
        slot = Array{boost::json::string(value)};
    }
    if (!map.empty()) out_.insert_or_assign(member.name, std::move(map));
    return std::nullopt;
  }

  std::optional<WireError> read_header(const Member& member) {
    if (!request_.headers.has(member.wire_name())) return std::nullopt;
    const std::string_view text = request_.headers.get(member.wire_name());
    if (member.json_value) return read_json_value(member, text);
    if (member.shape->type != ShapeType::list) return put(member, text, TimestampFormat::rfc822);
    Array list;
    for (const std::string& piece : header_list(text, member.shape->element.shape->type == ShapeType::timestamp)) {
      Parsed<Document> element = scalar_from_text(piece, member.shape->element, member.name, TimestampFormat::rfc822);
      if (!element) return element.error();
      list.push_back(std::move(*element));
    }
    out_.insert_or_assign(member.name, std::move(list));
    return std::nullopt;
  }

  std::optional<WireError> read_json_value(const Member& member, std::string_view text) {
    auto json = from_base64(text);
    if (!json || !parse_json(*json)) return WireError{"SerializationException", "The header " + std::string(member.wire_name()) + " is not JSON in base64", 0, {}};
    out_.insert_or_assign(member.name, boost::json::string(*json));
    return std::nullopt;
  }

  void read_prefixed_headers(const Member& member) {
    Object map;
    const std::string& prefix = member.location_name;
    for (const auto& [name, value] : request_.headers.fields())
      if (name.size() >= prefix.size() && strncasecmp(name.c_str(), prefix.c_str(), prefix.size()) == 0 && is_utf8(name) && is_utf8(value))
        map.insert_or_assign(name.substr(prefix.size()), value);
    if (!map.empty()) out_.insert_or_assign(member.name, std::move(map));
  }

  const Route& route_;
  const HttpRequest& request_;
  Fields query_;
  Object& out_;
};

void write_header(HttpResponse& response, const Member& member, const Document& value) {
  if (member.json_value && value.is_string()) return response.headers.set(member.wire_name(), to_base64(std::string_view(value.get_string())));
  if (!value.is_array()) return response.headers.set(member.wire_name(), scalar_to_text(value, member, TimestampFormat::rfc822));
  std::string list;
  for (const Document& element : value.get_array()) {
    if (!list.empty()) list += ", ";
    const std::string text = scalar_to_text(element, member.shape->element, TimestampFormat::rfc822);
    list += text.find_first_of(",\"") == std::string::npos || member.shape->element.shape->type == ShapeType::timestamp
                ? text
                : to_json(Document(boost::json::string(text)));
  }
  response.headers.set(member.wire_name(), list);
}

}  // namespace

Parsed<Document> read_rest_input(const Route& route, const HttpRequest& request, ReadBody read_body) {
  const Shape* shape = route.operation->input;
  if (!shape) return Document(Object{});
  Parsed<Document> input = read_body(*shape, request.body);
  if (!input || !input->is_object()) return input;
  BoundReader reader(route, request, input->get_object());
  for (const Member& member : shape->members)
    if (auto error = reader.read_member(member, *shape)) return std::unexpected(std::move(*error));
  return input;
}

void write_bound_members(HttpResponse& response, const Document& output, const Shape& shape) {
  for (const Member& member : shape.members) {
    const Document* value = find(output, member.name);
    if (!value || value->is_null()) continue;
    if (member.location == Location::header) write_header(response, member, *value);
    if (member.location == Location::status_code && value->is_int64()) response.status = static_cast<int>(value->get_int64());
    if (member.location == Location::header_prefix && value->is_object())
      for (const auto& [name, text] : value->get_object())
        response.headers.set(member.location_name + std::string(name), scalar_to_text(text, member.shape->value, TimestampFormat::rfc822));
  }
}

}  // namespace tocsin::wire
