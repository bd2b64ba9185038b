// What the REST protocols carry beside the body: labels of the path, the query string, headers, the status.
// https://smithy.io/2.0/spec/http-bindings.html
#pragma once

#include <optional>

#include "wire/aws/codec.h"

namespace tocsin::wire {

/// Adds the members of the input that are not in the body.
std::optional<WireError> read_bound_members(const Route& route, const HttpRequest& request, const Shape& shape, Object& out);
/// Sets the headers and the status that members of the output are.
void write_bound_members(HttpResponse& response, const Document& output, const Shape& shape);

}  // namespace tocsin::wire
