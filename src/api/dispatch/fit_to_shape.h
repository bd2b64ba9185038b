// What a person or a runbook wrote, bent to what a shape wants where that is safe. Pure.
#pragma once

#include "base/document.h"
#include "wire/aws/service_model.h"

namespace tocsin::api {

/// "5" where a number is wanted, 5 where a text is, "true" where a truth is, x where a list of such is.
Document fit_to_shape(const Document& value, const wire::Shape& shape);

}  // namespace tocsin::api
