// Incident Manager: rest-json. https://docs.aws.amazon.com/incident-manager/latest/APIReference/
#pragma once

#include "api/call.h"
#include "api/list_tokens.h"
#include "incidents/incidents.h"

namespace tocsin::api {

/// `incidents` must outlive the service.
Service make_ssm_incidents_service(incidents::Incidents& incidents, ListTokens tokens);

}  // namespace tocsin::api
