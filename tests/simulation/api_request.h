// Requests as a client of the services builds them from their models, unsigned: JSON, REST-JSON and query.
#pragma once

#include <string>
#include <string_view>

#include "base/document.h"
#include "wire/aws/service_model.h"
#include "wire/http/http_message.h"

namespace tocsin::simulation {

/// The models that clients know; read once in a process.
const wire::ServiceModel& service_model(std::string_view service);
/// `input` by the model's member names, values as the wire has them (timestamps are seconds). Host and Content-Type are set.
wire::HttpRequest api_request(std::string_view service, std::string_view operation, const Object& input, std::string_view host);

}  // namespace tocsin::simulation
