// Lists of numbers that an operation answers as one packed string (base/packed_numbers.h), by the model.
#pragma once

#include "base/document.h"
#include "base/packed_numbers.h"
#include "wire/aws/service_model.h"

namespace tocsin::wire {

/// Whether the value is such a list: a string where the model has a list of timestamps or doubles.
bool is_packed(const Document& value, const Shape& shape);
/// The same as nodes.
Array unpacked(const Document& value, const Shape& shape);
/// All of them within a document of that shape.
void unpack_lists(Document& document, const Shape& shape);

}  // namespace tocsin::wire
