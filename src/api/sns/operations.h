// SNS's operations, one function each.
#pragma once

#include "api/call.h"
#include "api/list_tokens.h"
#include "communicate/topics/topics.h"

namespace tocsin::api::sns {

using communicate::Topics;

Reply create_topic(Topics&, const Call&);
Reply delete_topic(Topics&, const Call&);
Reply get_topic_attributes(Topics&, const Call&);
Reply set_topic_attributes(Topics&, const Call&);
Reply list_topics(Topics&, const ListTokens&, const Call&);
Reply add_permission(Topics&, const Call&);
Reply remove_permission(Topics&, const Call&);
Reply tag_resource(Topics&, const Call&);
Reply untag_resource(Topics&, const Call&);
Reply list_tags_for_resource(Topics&, const Call&);
Reply subscribe(Topics&, const Call&);
Reply confirm_subscription(Topics&, const Call&);
Reply unsubscribe(Topics&, const Call&);
Reply get_subscription_attributes(Topics&, const Call&);
Reply set_subscription_attributes(Topics&, const Call&);
Reply list_subscriptions(Topics&, const ListTokens&, const Call&);
Reply list_subscriptions_by_topic(Topics&, const ListTokens&, const Call&);
Reply publish(Topics&, const Call&);
Reply publish_batch(Topics&, const Call&);
Reply set_sms_attributes(Topics&, const Call&);
Reply get_sms_attributes(Topics&, const Call&);
Reply check_if_phone_number_is_opted_out(Topics&, const Call&);
Reply list_phone_numbers_opted_out(Topics&, const ListTokens&, const Call&);
Reply opt_in_phone_number(Topics&, const Call&);

}  // namespace tocsin::api::sns
