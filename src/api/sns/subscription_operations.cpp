#include <boost/json.hpp>

#include "api/sns/operations.h"
#include "api/sns/topic_address.h"

namespace tocsin::api::sns {
namespace {

using communicate::Subscription;

constexpr int subscriptions_per_page = 100;

Reply empty_or(const Result<void>& result) {
  if (!result) return refuse(result.error());
  return Object{};
}

Reply list(Topics& topics, const ListTokens& tokens, const Call& call, const std::string& topic_arn) {
  const auto after = opened_token(call, tokens);
  if (!after) return std::unexpected(after.error());
  const auto found = topics.list_subscriptions(call.scope, topic_arn, *after, subscriptions_per_page);
  Array subscriptions;
  for (const Subscription& subscription : found)
    subscriptions.emplace_back(Object{{"SubscriptionArn", subscription.confirmed ? subscription.arn : "PendingConfirmation"},
                                      {"Owner", subscription.owner},
                                      {"Protocol", std::string(to_text(subscription.protocol))},
                                      {"Endpoint", subscription.endpoint},
                                      {"TopicArn", subscription.topic_arn}});
  Object out{{"Subscriptions", std::move(subscriptions)}};
  if (found.size() == subscriptions_per_page) out["NextToken"] = tokens.seal(call, found.back().arn);
  return out;
}

}  // namespace

Reply subscribe(Topics& topics, const Call& call) {
  const auto topic_arn = addressed(call, "TopicArn");
  if (!topic_arn) return std::unexpected(topic_arn.error());
  const auto subscribed = topics.subscribe(call.scope, *topic_arn, text_or(call.input, "Protocol"), text_or(call.input, "Endpoint"),
                                           map_at(call.input, "Attributes"));
  if (!subscribed) return refuse(subscribed.error());
  const bool hidden = subscribed->pending && !truth_or(call.input, "ReturnSubscriptionArn", false);
  return Object{{"SubscriptionArn", hidden ? "pending confirmation" : subscribed->subscription.arn}};
}

Reply confirm_subscription(Topics& topics, const Call& call) {
  const auto topic_arn = addressed(call, "TopicArn");
  if (!topic_arn) return std::unexpected(topic_arn.error());
  const auto confirmed =
      topics.confirm(*topic_arn, text_or(call.input, "Token"), text_or(call.input, "AuthenticateOnUnsubscribe") == "true");
  if (!confirmed) return refuse(confirmed.error());
  return Object{{"SubscriptionArn", confirmed->arn}};
}

Reply unsubscribe(Topics& topics, const Call& call) {
  const auto arn = addressed(call, "SubscriptionArn");
  if (!arn) return std::unexpected(arn.error());
  const auto gone = topics.unsubscribe(*arn);
  // what is not there any more is unsubscribed
  if (!gone && gone.error().kind != ErrorKind::not_found) return refuse(gone.error());
  return Object{};
}

Reply get_subscription_attributes(Topics& topics, const Call& call) {
  const auto arn = addressed(call, "SubscriptionArn");
  if (!arn) return std::unexpected(arn.error());
  const auto attributes = topics.subscription_attributes(*arn);
  if (!attributes) return refuse(attributes.error());
  return Object{{"Attributes", to_document(*attributes)}};
}

Reply set_subscription_attributes(Topics& topics, const Call& call) {
  const auto arn = addressed(call, "SubscriptionArn");
  if (!arn) return std::unexpected(arn.error());
  return empty_or(topics.set_subscription_attribute(*arn, text_or(call.input, "AttributeName"), text_or(call.input, "AttributeValue")));
}

Reply list_subscriptions(Topics& topics, const ListTokens& tokens, const Call& call) { return list(topics, tokens, call, ""); }

Reply list_subscriptions_by_topic(Topics& topics, const ListTokens& tokens, const Call& call) {
  const auto arn = addressed(call, "TopicArn");
  if (!arn) return std::unexpected(arn.error());
  if (const auto topic = topics.find_topic(*arn); !topic) return refuse(topic.error());
  return list(topics, tokens, call, *arn);
}

}  // namespace tocsin::api::sns
