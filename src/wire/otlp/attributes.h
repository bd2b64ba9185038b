// OTLP's attribute lists and any-values as documents.
#pragma once

#include <google/protobuf/repeated_ptr_field.h>

#include "base/document.h"
#include "opentelemetry/proto/common/v1/common.pb.h"

namespace tocsin::wire::otlp {

using KeyValues = google::protobuf::RepeatedPtrField<opentelemetry::proto::common::v1::KeyValue>;

/// Of a key that stands twice the last wins. Bytes become base64 text. Nesting deeper than 32 is cut off as null.
Object to_object(const KeyValues& attributes, int depth = 0);
Document to_document(const opentelemetry::proto::common::v1::AnyValue& value, int depth = 0);

}  // namespace tocsin::wire::otlp
