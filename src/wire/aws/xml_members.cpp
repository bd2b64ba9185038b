#include "wire/aws/xml_members.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/encoding.h"
#include "wire/aws/scalars.h"

namespace tocsin::wire {
namespace {

bool is_flat(const Member& member) { return member.flattened || member.shape->is_flattened; }

/// A flattened list goes by its elements' name, where they have one.
std::string_view name_in_parent(const Member& member) {
  if (member.shape->type == ShapeType::list && is_flat(member) && !member.shape->element.location_name.empty()) return member.shape->element.location_name;
  return member.wire_name();
}

std::string_view local_name(std::string_view name) { return name.substr(name.find(':') + 1); }

Parsed<Document> read_value(const XmlElement& element, const Member& member, const std::string& path) {
  const Shape& shape = *member.shape;
  if (shape.type == ShapeType::structure) return read_xml_members(element, shape, path);
  if (shape.type == ShapeType::list) {
    Array list;
    const std::string_view name = shape.element.location_name.empty() ? "member" : std::string_view(shape.element.location_name);
    for (const XmlElement& child : element.children) {
      if (child.name != name) continue;
      Parsed<Document> value = read_value(child, shape.element, path + ".member." + std::to_string(list.size() + 1));
      if (!value) return value;
      list.push_back(std::move(*value));
    }
    return Document(std::move(list));
  }
  if (shape.type == ShapeType::map) {
    Object map;
    for (const XmlElement& entry : element.children) {
      const XmlElement* key = entry.child(shape.key.wire_name());
      const XmlElement* held = entry.child(shape.value.wire_name());
      if (entry.name != "entry" || !key || !held) continue;
      Parsed<Document> value = read_value(*held, shape.value, path + "." + key->text);
      if (!value) return value;
      map.insert_or_assign(key->text, std::move(*value));
    }
    return Document(std::move(map));
  }
  return scalar_from_text(element.text, member, path, TimestampFormat::iso8601);
}

Parsed<Document> read_flat(const std::vector<const XmlElement*>& elements, const Member& member, const std::string& path) {
  const Shape& shape = *member.shape;
  Array list;
  Object map;
  for (const XmlElement* element : elements) {
    if (shape.type == ShapeType::list) {
      Parsed<Document> value = read_value(*element, shape.element, path + ".member." + std::to_string(list.size() + 1));
      if (!value) return value;
      list.push_back(std::move(*value));
      continue;
    }
    const XmlElement* key = element->child(shape.key.wire_name());
    const XmlElement* held = element->child(shape.value.wire_name());
    if (!key || !held) continue;
    Parsed<Document> value = read_value(*held, shape.value, path + "." + key->text);
    if (!value) return value;
    map.insert_or_assign(key->text, std::move(*value));
  }
  if (shape.type == ShapeType::list) return Document(std::move(list));
  return Document(std::move(map));
}

void write_value(std::string& out, const Document& value, const Member& member, std::string_view name);

void open(std::string& out, std::string_view name, std::string_view attributes = {}) { out.append("<").append(name).append(attributes).append(">"); }
void close(std::string& out, std::string_view name) { out.append("</").append(name).append(">"); }

void write_entries(std::string& out, const Object& map, const Shape& shape, std::string_view entry) {
  for (const auto& [key, value] : map) {
    open(out, entry);
    open(out, shape.key.wire_name());
    out += escape_xml(std::string_view(key));
    close(out, shape.key.wire_name());
    write_value(out, value, shape.value, shape.value.wire_name());
    close(out, entry);
  }
}

std::string attributes_of(const Document& value, const Shape& shape) {
  std::string out;
  for (const Member& member : shape.members) {
    const Document* held = member.xml_attribute ? find(value, member.name) : nullptr;
    if (!held || held->is_null()) continue;
    if (member.wire_name().starts_with("xsi:")) out += " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"";
    out += " " + std::string(member.wire_name()) + "=\"" + escape_xml(scalar_to_text(*held, member, TimestampFormat::iso8601)) + "\"";
  }
  return out;
}

void write_value(std::string& out, const Document& value, const Member& member, std::string_view name) {
  const Shape& shape = *member.shape;
  if (shape.type == ShapeType::list && value.is_array()) {
    const bool flat = is_flat(member);
    const std::string_view inner = flat ? name : shape.element.location_name.empty() ? "member" : std::string_view(shape.element.location_name);
    if (!flat) open(out, name);
    for (const Document& element : value.get_array()) write_value(out, element, shape.element, inner);
    if (!flat) close(out, name);
  } else if (shape.type == ShapeType::map && value.is_object()) {
    if (is_flat(member)) return write_entries(out, value.get_object(), shape, name);
    open(out, name);
    write_entries(out, value.get_object(), shape, "entry");
    close(out, name);
  } else if (shape.type == ShapeType::structure) {
    open(out, name, attributes_of(value, shape));
    write_xml_members(out, value, shape);
    close(out, name);
  } else {
    open(out, name);
    out += escape_xml(scalar_to_text(value, member, TimestampFormat::iso8601));
    close(out, name);
  }
}

}  // namespace

bool has_body_members(const Shape& shape) {
  return std::ranges::any_of(shape.members, [](const Member& member) { return member.location == Location::body; });
}

Parsed<Document> read_xml_members(const XmlElement& element, const Shape& shape, const std::string& path) {
  Object out;
  for (const Member& member : shape.members) {
    if (member.location != Location::body) continue;
    const std::string name = path.empty() ? member.name : path + "." + member.name;
    if (member.xml_attribute) {
      for (const auto& [key, text] : element.attributes)
        if (key == member.wire_name() || local_name(key) == local_name(member.wire_name())) {
          Parsed<Document> value = scalar_from_text(text, member, name, TimestampFormat::iso8601);
          if (!value) return value;
          out.insert_or_assign(member.name, std::move(*value));
        }
      continue;
    }
    std::vector<const XmlElement*> found;
    for (const XmlElement& child : element.children)
      if (child.name == member.wire_name() || child.name == name_in_parent(member)) found.push_back(&child);
    if (found.empty()) continue;
    Parsed<Document> value = is_flat(member) && member.shape->is_aggregate() && member.shape->type != ShapeType::structure ? read_flat(found, member, name) : read_value(*found.front(), member, name);
    if (!value) return value;
    out.emplace(member.name, std::move(*value));
  }
  return Document(std::move(out));
}

void write_xml_members(std::string& out, const Document& document, const Shape& shape) {
  for (const Member& member : shape.members) {
    const Document* value = member.location == Location::body && !member.xml_attribute ? find(document, member.name) : nullptr;
    if (value && !value->is_null()) write_value(out, *value, member, name_in_parent(member));
  }
}

}  // namespace tocsin::wire
