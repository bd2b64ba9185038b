// JSON of a shape, both ways; what json 1.0, json 1.1 and rest-json bodies share.
#pragma once

#include <string>
#include <string_view>

#include "base/document.h"
#include "wire/aws/service_model.h"
#include "wire/aws/wire_error.h"

namespace tocsin::wire {

/// Which names members have in the text: the model's (json), or their locationName (rest-json).
enum class JsonNames { model, wire };

/// A body of that structure; an empty body is {}. Only members whose location is the body are read.
Parsed<Document> read_json(std::string_view body, const Shape& shape, JsonNames names);
/// The same of a document that was already parsed as JSON: a client's form of the input, by the model's names.
Parsed<Document> read_json_document(Document source, const Shape& shape);
/// Appends the structure's members that `document` has.
void write_json(std::string& out, const Document& document, const Shape& shape, JsonNames names);
/// The members of an error answer without the braces: `"message":"…","resourceId":"…"`. `shape` may be null.
std::string json_error_members(const WireError& error, const Shape* shape, JsonNames names);
/// A JSON string literal, quotes included.
void write_json_text(std::string& out, std::string_view text);
/// Any document, as it is; for what no shape describes.
void write_plain_json(std::string& out, const Document& document);

}  // namespace tocsin::wire
