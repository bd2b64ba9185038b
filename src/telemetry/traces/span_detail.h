// The parts of a segment document that tell of a span: http, sql, aws, error and cause, annotations and metadata. Pure.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "base/document.h"
#include "wire/otlp/otlp.h"

namespace tocsin::telemetry {

/// The first of these attributes that is a text with something in it; "" when none is.
std::string text_of(const Object& attributes, std::initializer_list<std::string_view> names);
/// The service of AWS that a span called ("DynamoDB"), or "".
std::string aws_service_of(const wire::otlp::Span& span);

/// origin, service.version, aws.ec2 … of the resource that made it.
void describe_resource(Object& document, const wire::otlp::Resource& resource);
/// http, sql, user, annotations; what is left of the attributes is metadata.default.
void describe_span(Object& document, const wire::otlp::Span& span);
/// error, throttle, fault and cause.
void describe_outcome(Object& document, const wire::otlp::Span& span);

}  // namespace tocsin::telemetry
