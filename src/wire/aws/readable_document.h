// A typed document as a person reads it: moments as ISO 8601 text, blobs in base64. For runbooks' outputs.
#pragma once

#include "base/document.h"
#include "wire/aws/service_model.h"

namespace tocsin::wire {

/// Members that the shape does not have are left out.
Document readable_document(const Document& typed, const Shape& shape);

}  // namespace tocsin::wire
