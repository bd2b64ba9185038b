// Incident Manager's contacts: json 1.1.
// https://docs.aws.amazon.com/incident-manager/latest/APIReference/API_Operations_AWS_Systems_Manager_Incident_Manager_Contacts.html
#pragma once

#include "api/call.h"
#include "api/list_tokens.h"
#include "communicate/oncall/oncall.h"

namespace tocsin::api {

/// `oncall` must outlive the service.
Service make_ssm_contacts_service(oncall::OnCall& oncall, ListTokens tokens);

}  // namespace tocsin::api
