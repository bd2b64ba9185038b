#include "api/sns/service.h"

#include "api/sns/operations.h"

namespace tocsin::api {

Service make_sns_service(communicate::Topics& topics, ListTokens tokens) {
  const auto plain = [&topics](Reply (*operation)(communicate::Topics&, const Call&)) -> Handle {
    return [&topics, operation](const Call& call) { return operation(topics, call); };
  };
  const auto listing = [&topics, tokens](Reply (*operation)(communicate::Topics&, const ListTokens&, const Call&)) -> Handle {
    return [&topics, tokens, operation](const Call& call) { return operation(topics, tokens, call); };
  };
  return {"sns",
          {{"CreateTopic", plain(sns::create_topic)},
           {"DeleteTopic", plain(sns::delete_topic)},
           {"GetTopicAttributes", plain(sns::get_topic_attributes)},
           {"SetTopicAttributes", plain(sns::set_topic_attributes)},
           {"ListTopics", listing(sns::list_topics)},
           {"AddPermission", plain(sns::add_permission)},
           {"RemovePermission", plain(sns::remove_permission)},
           {"TagResource", plain(sns::tag_resource)},
           {"UntagResource", plain(sns::untag_resource)},
           {"ListTagsForResource", plain(sns::list_tags_for_resource)},
           {"Subscribe", plain(sns::subscribe)},
           {"ConfirmSubscription", plain(sns::confirm_subscription)},
           {"Unsubscribe", plain(sns::unsubscribe)},
           {"GetSubscriptionAttributes", plain(sns::get_subscription_attributes)},
           {"SetSubscriptionAttributes", plain(sns::set_subscription_attributes)},
           {"ListSubscriptions", listing(sns::list_subscriptions)},
           {"ListSubscriptionsByTopic", listing(sns::list_subscriptions_by_topic)},
           {"Publish", plain(sns::publish)},
           {"PublishBatch", plain(sns::publish_batch)},
           {"SetSMSAttributes", plain(sns::set_sms_attributes)},
           {"GetSMSAttributes", plain(sns::get_sms_attributes)},
           {"CheckIfPhoneNumberIsOptedOut", plain(sns::check_if_phone_number_is_opted_out)},
           {"ListPhoneNumbersOptedOut", listing(sns::list_phone_numbers_opted_out)},
           {"OptInPhoneNumber", plain(sns::opt_in_phone_number)}}};
}

}  // namespace tocsin::api
