// A structure's members as elements, both ways. https://smithy.io/2.0/spec/protocol-traits.html#xml-bindings
#pragma once

#include <string>
#include <string_view>

#include "base/document.h"
#include "wire/aws/service_model.h"
#include "wire/aws/wire_error.h"
#include "wire/aws/xml_text.h"

namespace tocsin::wire {

/// Whether any member stands in the body.
bool has_body_members(const Shape& shape);
/// The members of the structure in the element; unknown elements are passed over. `path` is for words of errors.
Parsed<Document> read_xml_members(const XmlElement& element, const Shape& shape, const std::string& path);
/// The members in the model's order; those that stand elsewhere than in the body are left out.
void write_xml_members(std::string& out, const Document& document, const Shape& shape);

}  // namespace tocsin::wire
