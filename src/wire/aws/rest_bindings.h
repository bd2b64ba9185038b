// What the REST protocols carry beside the body: labels of the path, the query string, headers, the status.
// https://smithy.io/2.0/spec/http-bindings.html
#pragma once

#include <optional>

#include "wire/aws/codec.h"

namespace tocsin::wire {

/// How a protocol reads the members of the input that are in the body.
using ReadBody = Parsed<Document> (*)(const Shape& input, const std::string& body);
/// The input: what is in the body, and what is in the path, the query string and the headers.
Parsed<Document> read_rest_input(const Route& route, const HttpRequest& request, ReadBody read_body);
/// Sets the headers and the status that members of the output are.
void write_bound_members(HttpResponse& response, const Document& output, const Shape& shape);

}  // namespace tocsin::wire
