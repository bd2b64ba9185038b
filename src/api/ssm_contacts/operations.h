// The contacts' operations, one function each; all run in the request's unit of work.
#pragma once

#include "api/call.h"
#include "api/list_tokens.h"
#include "communicate/oncall/oncall.h"

namespace tocsin::api::ssm_contacts {

using oncall::OnCall;

// contact.cpp
Reply create_contact(OnCall&, const Call&);
Reply get_contact(OnCall&, const Call&);
Reply update_contact(OnCall&, const Call&);
Reply delete_contact(OnCall&, const Call&);
Reply list_contacts(OnCall&, const ListTokens&, const Call&);

// contact_channel.cpp
Reply create_contact_channel(OnCall&, const Call&);
Reply get_contact_channel(OnCall&, const Call&);
Reply update_contact_channel(OnCall&, const Call&);
Reply delete_contact_channel(OnCall&, const Call&);
Reply list_contact_channels(OnCall&, const ListTokens&, const Call&);
Reply send_activation_code(OnCall&, const Call&);
Reply activate_contact_channel(OnCall&, const Call&);
Reply deactivate_contact_channel(OnCall&, const Call&);

// engagement.cpp
Reply start_engagement(OnCall&, const Call&);
Reply stop_engagement(OnCall&, const Call&);
Reply describe_engagement(OnCall&, const Call&);
Reply list_engagements(OnCall&, const ListTokens&, const Call&);

// page.cpp
Reply describe_page(OnCall&, const Call&);
Reply accept_page(OnCall&, const Call&);
Reply list_pages_by_contact(OnCall&, const ListTokens&, const Call&);
Reply list_pages_by_engagement(OnCall&, const ListTokens&, const Call&);
Reply list_page_receipts(OnCall&, const ListTokens&, const Call&);
Reply list_page_resolutions(OnCall&, const ListTokens&, const Call&);

// tags.cpp
Reply tag_resource(OnCall&, const Call&);
Reply untag_resource(OnCall&, const Call&);
Reply list_tags_for_resource(OnCall&, const Call&);

}  // namespace tocsin::api::ssm_contacts
