// The model's constraints on an input: required members, lengths, ranges, patterns, enums, unions. Worded as each service words them.
#pragma once

#include <optional>

#include "wire/aws/service_model.h"
#include "wire/aws/wire_error.h"

namespace tocsin::wire {

/// nullopt when `input` keeps them all; otherwise one error that names each violation (the first twenty). Pure.
std::optional<WireError> validate(const ServiceModel& service, const OperationModel& operation, const Document& input);

}  // namespace tocsin::wire
