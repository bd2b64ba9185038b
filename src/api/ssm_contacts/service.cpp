#include "api/ssm_contacts/service.h"

#include "api/ssm_contacts/operations.h"

namespace tocsin::api {

Service make_ssm_contacts_service(oncall::OnCall& oncall, ListTokens tokens) {
  using namespace ssm_contacts;
  const auto on = [&oncall](Reply (*operation)(OnCall&, const Call&)) -> Handle {
    return [&oncall, operation](const Call& call) { return operation(oncall, call); };
  };
  const auto listing = [&oncall, tokens](Reply (*operation)(OnCall&, const ListTokens&, const Call&)) -> Handle {
    return [&oncall, tokens, operation](const Call& call) { return operation(oncall, tokens, call); };
  };
  return {"ssm-contacts",
          {{"CreateContact", on(create_contact)},
           {"GetContact", on(get_contact)},
           {"UpdateContact", on(update_contact)},
           {"DeleteContact", on(delete_contact)},
           {"ListContacts", listing(list_contacts)},
           {"CreateContactChannel", on(create_contact_channel)},
           {"GetContactChannel", on(get_contact_channel)},
           {"UpdateContactChannel", on(update_contact_channel)},
           {"DeleteContactChannel", on(delete_contact_channel)},
           {"ListContactChannels", listing(list_contact_channels)},
           {"SendActivationCode", on(send_activation_code)},
           {"ActivateContactChannel", on(activate_contact_channel)},
           {"DeactivateContactChannel", on(deactivate_contact_channel)},
           {"StartEngagement", on(start_engagement)},
           {"StopEngagement", on(stop_engagement)},
           {"DescribeEngagement", on(describe_engagement)},
           {"ListEngagements", listing(list_engagements)},
           {"DescribePage", on(describe_page)},
           {"AcceptPage", on(accept_page)},
           {"ListPagesByContact", listing(list_pages_by_contact)},
           {"ListPagesByEngagement", listing(list_pages_by_engagement)},
           {"ListPageReceipts", listing(list_page_receipts)},
           {"ListPageResolutions", listing(list_page_resolutions)},
           {"TagResource", on(tag_resource)},
           {"UntagResource", on(untag_resource)},
           {"ListTagsForResource", on(list_tags_for_resource)}}};
}

}  // namespace tocsin::api
