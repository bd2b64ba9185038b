// Subscribing, confirming, leaving.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/digest.h"
#include "base/encoding.h"
#include "base/ids.h"
#include "communicate/topics/known_topics.h"
#include "communicate/topics/topic_rows.h"
#include "communicate/topics/topics.h"
#include "events/patterns/filter_policy.h"
#include "model/arn.h"

namespace tocsin::communicate {

using namespace std::chrono_literals;

namespace {

constexpr auto token_lifetime = 48h;
constexpr int filters_per_topic_max = 200;
constexpr std::size_t filter_bytes_max = 256 * 1024;
constexpr const char* subscription_columns =
    "SELECT arn, topic_arn, account, region, protocol, endpoint, owner, attributes, confirmed, authenticated FROM sns_subscriptions ";

Subscription read_subscription(const storage::Row& row) {
  return {row.text(0), row.text(1), {row.text(2), row.text(3)},   *parse_protocol(row.text(4)),
          row.text(5), row.text(6), to_text_map(row.document(7)), row.truth(8),
          row.truth(9)};
}

std::unexpected<Error> no_subscription() { return fail(ErrorKind::not_found, "Subscription does not exist", "NotFoundException"); }

events::FilterScope filter_scope(const TextMap& attributes) {
  const auto scope = attributes.find("FilterPolicyScope");
  return scope != attributes.end() && scope->second == "MessageBody" ? events::FilterScope::message_body
                                                                     : events::FilterScope::message_attributes;
}

Result<void> check_filter(const TextMap& attributes) {
  const auto policy = attributes.find("FilterPolicy");
  if (policy == attributes.end() || policy->second.empty()) return {};
  if (policy->second.size() > filter_bytes_max) return bad_parameter("FilterPolicy: Filter policy is too long");
  const auto compiled = events::compile_filter_policy(policy->second, filter_scope(attributes));
  if (compiled) return {};
  // the service does not say of this one which attribute it is
  if (compiled.error().message.starts_with("Filter policy scope MessageAttributes does not support")) {
    const std::string& words = compiled.error().message;
    return bad_parameter(words.substr(0, words.find('\n')));
  }
  return bad_parameter("FilterPolicy: " + compiled.error().message);
}

Result<void> check_redrive(const Topic& topic, const std::string& value) {
  if (value.empty()) return {};
  const auto policy = parse_json(value);
  if (!policy || !policy->is_object()) return bad_parameter("RedrivePolicy: failed to parse JSON.");
  if (!find(*policy, "deadLetterTargetArn")) return bad_parameter("RedrivePolicy: Missing deadLetterTargetArn attribute");
  const auto arn = parse_arn(text_or(*policy, "deadLetterTargetArn"));
  if (!arn) return bad_parameter("RedrivePolicy: deadLetterTargetArn is an invalid arn");
  if (arn->service != "sqs") return bad_parameter("RedrivePolicy: deadLetterTargetArn must be a SQS queue");
  if (arn->region != topic.scope.region)
    return bad_parameter("RedrivePolicy: deadLetterTargetArn must be in the same region as the subscription");
  if (topic.fifo() != arn->resource.ends_with(".fifo"))
    return bad_parameter(topic.fifo() ? "RedrivePolicy: must use a FIFO queue as DLQ for a FIFO topic"
                                      : "RedrivePolicy: must use a standard queue as DLQ for a standard topic");
  return {};
}

bool can_be_raw(Protocol protocol) { return protocol == Protocol::sqs || protocol == Protocol::http || protocol == Protocol::https; }

Result<void> check_raw(Protocol protocol, const std::string& value) {
  if (value != "true" && value != "false")
    return bad_parameter(fmt::format("RawMessageDelivery: Invalid value [{}]. Must be true or false.", value));
  if (value == "true" && !can_be_raw(protocol))
    return bad_parameter(fmt::format("Delivery protocol [{}] does not support raw message delivery.", to_text(protocol)));
  return {};
}

/// `subscribing`: Subscribe names what it does not know, SetSubscriptionAttributes does not.
Result<void> check_attribute(const Topic& topic, Protocol protocol, const std::string& name, const std::string& value, bool subscribing) {
  if (name == "RawMessageDelivery") return check_raw(protocol, value);
  if (name == "FilterPolicyScope")
    return value == "MessageAttributes" || value == "MessageBody"
               ? Result<void>{}
               : bad_parameter(
                     fmt::format("FilterPolicyScope: Invalid value [{}]. Please use either MessageBody or MessageAttributes", value));
  if (name == "RedrivePolicy") return check_redrive(topic, value);
  if (name == "FilterPolicy" || name == "SubscriptionRoleArn") return {};
  if (name != "DeliveryPolicy") return bad_parameter(subscribing ? "Unknown attribute " + name : std::string("AttributeName"));
  if (value.empty()) return {};
  const auto policy = parse_delivery_policy(value);
  return policy ? Result<void>{} : Result<void>(std::unexpected(policy.error()));
}

Result<void> check_attributes(const Topic& topic, Protocol protocol, const TextMap& attributes) {
  for (const auto& [name, value] : attributes)
    if (const auto checked = check_attribute(topic, protocol, name, value, true); !checked) return checked;
  return check_filter(attributes);
}

std::string hash_of(const std::string& token) { return to_hex(sha256(token)); }

}  // namespace

Result<void> Topics::check_endpoint(const Topic& topic, Protocol protocol, const std::string& endpoint) {
  if (topic.fifo() && protocol != Protocol::sqs) return bad_parameter("Invalid parameter: Endpoint Reason: Please use FIFO SQS queue");
  switch (protocol) {
    case Protocol::http:
    case Protocol::https:
      if (!endpoint.starts_with(std::string(to_text(protocol)) + "://") || endpoint.find_first_of(" \r\n") != std::string::npos)
        return bad_parameter("Endpoint must match the specified protocol");
      return {};
    case Protocol::email:
    case Protocol::email_json: {
      const std::size_t at = endpoint.find('@');
      if (at == 0 || at == std::string::npos || at + 1 == endpoint.size() || endpoint.find_first_of(" \r\n<>,;\"") != std::string::npos)
        return bad_parameter("Email address");
      return {};
    }
    case Protocol::sqs: {
      const auto arn = parse_arn(endpoint);
      if (!arn || arn->service != "sqs") return bad_parameter("SQS endpoint ARN");
      if (arn->resource.ends_with(".fifo") && !topic.fifo())
        return bad_parameter("Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics");
      return {};
    }
    case Protocol::sms:
      return is_phone_number(endpoint) ? Result<void>() : bad_parameter("Invalid SMS endpoint: " + endpoint);
  }
  return {};
}

Result<void> Topics::check_filter_count(const std::string& topic_arn, const std::string& subscription_arn, const TextMap& attributes) {
  const auto policy = attributes.find("FilterPolicy");
  if (policy == attributes.end() || policy->second.empty()) return {};
  int filters = 0;
  for (const auto& row :
       state_.database().query("SELECT attributes FROM sns_subscriptions WHERE topic_arn = ? AND arn <> ? AND attributes LIKE ?",
                               {topic_arn, subscription_arn, "%\"FilterPolicy\"%"}))
    if (const Document set = row.document(0); !text_or(set, "FilterPolicy").empty()) ++filters;
  if (filters < filters_per_topic_max) return {};
  return fail(ErrorKind::limit_exceeded,
              fmt::format("Filter policy limit exceeded: a topic can have {} filter policies", filters_per_topic_max),
              "FilterPolicyLimitExceededException");
}

Result<Subscribed> Topics::subscribe(const Scope& scope, const std::string& topic_arn, const std::string& protocol_text,
                                     const std::string& endpoint, const TextMap& attributes) {
  const auto protocol = parse_protocol(protocol_text);
  if (protocol == Protocol::sms && !(settings_.sms_gateway && settings_.sms_gateway()))
    return bad_parameter("Protocol Reason: no SMS gateway is configured on this server");
  if (!protocol) {
    return bad_parameter(protocol_text == "lambda" || protocol_text == "application" || protocol_text == "firehose"
                             ? fmt::format("Protocol Reason: {} is not offered by this server", protocol_text)
                             : fmt::format("Amazon SNS does not support this protocol string: {}", protocol_text));
  }
  const auto topic = find_topic(topic_arn);
  if (!topic) return std::unexpected(topic.error());
  if (const auto checked = check_endpoint(*topic, *protocol, endpoint); !checked) return std::unexpected(checked.error());
  if (const auto checked = check_attributes(*topic, *protocol, attributes); !checked)
    return std::unexpected(of_attributes(checked.error()));
  if (const auto row =
          state_.database().query_one(std::string(subscription_columns) + "WHERE topic_arn = ? AND protocol = ? AND endpoint = ?",
                                      {topic_arn, protocol_text, endpoint})) {
    const Subscription existing = read_subscription(*row);
    if (existing.confirmed && !attributes.empty() && existing.attributes != attributes)
      return bad_parameter("Attributes Reason: Subscription already exists with different attributes");
    if (!existing.confirmed) send_confirmation(*topic, existing);
    return Subscribed{existing, !existing.confirmed};
  }
  if (const auto checked = check_filter_count(topic_arn, "", attributes); !checked) return std::unexpected(checked.error());
  const bool at_once = *protocol == Protocol::sqs || *protocol == Protocol::sms;
  const Subscription subscription{
      topic_arn + ":" + make_uuid_v4(random_), topic_arn, scope, *protocol, endpoint, scope.account, attributes, at_once, at_once};
  insert_subscription(subscription);
  if (!at_once) send_confirmation(*topic, subscription);
  return Subscribed{subscription, !at_once};
}

void Topics::insert_subscription(const Subscription& subscription) {
  forget(subscription.topic_arn);
  state_.database().execute(
      "INSERT INTO sns_subscriptions (arn, topic_arn, account, region, protocol, endpoint, owner, attributes, confirmed, authenticated, "
      "token_hash, token_expires_at) VALUES (?,?,?,?,?,?,?,?,?,?,'',0) ON CONFLICT DO NOTHING",
      {subscription.arn, subscription.topic_arn, subscription.scope.account, subscription.scope.region,
       std::string(to_text(subscription.protocol)), subscription.endpoint, subscription.owner, to_object(subscription.attributes),
       subscription.confirmed, subscription.authenticated});
}

void Topics::send_confirmation(const Topic& topic, const Subscription& subscription) {
  const std::string token = make_hex(random_, 64);
  state_.database().execute("UPDATE sns_subscriptions SET token_hash = ?, token_expires_at = ? WHERE arn = ?",
                            {hash_of(token), state_.now() + token_lifetime, subscription.arn});
  delivery::Parcel parcel{.id = make_uuid_v4(random_), .owner = "sns", .context = Object{{"kind", "confirmation"}}};
  if (subscription.protocol == Protocol::email || subscription.protocol == Protocol::email_json) {
    parcel.channel = "smtp";
    parcel.content = confirmation_mail(topic, subscription.endpoint, token, address(), settings_.mail_from_address);
    parcel.plan = customer_managed_plan();
  } else {
    parcel.channel = "http";
    const Object headers{{"Content-Type", "text/plain; charset=UTF-8"},
                         {"x-amz-sns-message-type", "SubscriptionConfirmation"},
                         {"x-amz-sns-message-id", parcel.id},
                         {"x-amz-sns-topic-arn", topic.arn},
                         {"User-Agent", "Amazon Simple Notification Service Agent"}};
    parcel.content = Object{{"method", "POST"},
                            {"url", subscription.endpoint},
                            {"headers", headers},
                            {"body", to_pretty_json(confirmation_document(topic, parcel.id, token, state_.now(), *signer_, address()))}};
    parcel.plan = policy_of(topic, subscription).healthy_retry.plan();
  }
  outbox_.enqueue(std::move(parcel));
}

Result<Subscription> Topics::confirm(const std::string& topic_arn, const std::string& token, bool authenticate_on_unsubscribe) {
  if (const auto topic = find_topic(topic_arn); !topic) return std::unexpected(topic.error());
  const auto row =
      state_.database().query_one(std::string(subscription_columns) + "WHERE topic_arn = ? AND token_hash = ? AND token_expires_at > ?",
                                  {topic_arn, hash_of(token), state_.now()});
  if (!row) return restore(topic_arn, token);
  Subscription subscription = read_subscription(*row);
  forget(topic_arn);
  subscription.confirmed = true;
  subscription.authenticated = authenticate_on_unsubscribe;
  // the token stays good while it lives, so that following the link twice is no error
  state_.database().execute("UPDATE sns_subscriptions SET confirmed = 1, authenticated = ? WHERE arn = ?",
                            {subscription.authenticated, subscription.arn});
  return subscription;
}

Result<Subscription> Topics::find_subscription(const std::string& subscription_arn) {
  const auto row = state_.database().query_one(std::string(subscription_columns) + "WHERE arn = ?", {subscription_arn});
  if (!row) return no_subscription();
  return read_subscription(*row);
}

std::vector<Subscription> Topics::list_subscriptions(const Scope& scope, const std::string& topic_arn, const std::string& after_arn,
                                                     int count_max) {
  std::vector<Subscription> out;
  // a request that nobody confirmed in time is gone
  for (const auto& row :
       state_.database().query(std::string(subscription_columns) + "WHERE account = ? AND region = ? AND (topic_arn = ? OR ? = '') AND arn "
                                                                   "> ? AND (confirmed = 1 OR token_expires_at > ?) ORDER BY arn LIMIT ?",
                               {scope.account, scope.region, topic_arn, topic_arn, after_arn, state_.now(), count_max}))
    out.push_back(read_subscription(row));
  return out;
}

std::vector<Subscription> Topics::confirmed_subscriptions(const std::string& topic_arn) {
  std::vector<Subscription> out;
  for (const auto& row :
       state_.database().query(std::string(subscription_columns) + "WHERE topic_arn = ? AND confirmed = 1 ORDER BY arn", {topic_arn}))
    out.push_back(read_subscription(row));
  return out;
}

Result<void> Topics::set_subscription_attribute(const std::string& subscription_arn, const std::string& name, const std::string& value) {
  auto subscription = find_subscription(subscription_arn);
  if (!subscription) return std::unexpected(subscription.error());
  const auto topic = find_topic(subscription->topic_arn);
  if (!topic) return std::unexpected(topic.error());
  if (value.empty())
    subscription->attributes.erase(name);
  else
    subscription->attributes[name] = value;
  const std::string checked_value = value.empty() && name == "RawMessageDelivery" ? "false" : value;
  if (const auto checked = check_attribute(*topic, subscription->protocol, name, checked_value, false); !checked) return checked;
  if (const auto checked = check_filter(subscription->attributes); !checked) return checked;
  if (name == "FilterPolicy")
    if (const auto checked = check_filter_count(subscription->topic_arn, subscription_arn, subscription->attributes); !checked)
      return checked;
  forget(subscription->topic_arn);
  state_.database().execute("UPDATE sns_subscriptions SET attributes = ? WHERE arn = ?",
                            {to_object(subscription->attributes), subscription_arn});
  return {};
}

Result<TextMap> Topics::subscription_attributes(const std::string& subscription_arn) {
  const auto subscription = find_subscription(subscription_arn);
  if (!subscription) return std::unexpected(subscription.error());
  TextMap out = subscription->attributes;
  out["SubscriptionArn"] = subscription->arn;
  out["TopicArn"] = subscription->topic_arn;
  out["Owner"] = subscription->owner;
  out["Protocol"] = to_text(subscription->protocol);
  out["Endpoint"] = subscription->endpoint;
  out["PendingConfirmation"] = subscription->confirmed ? "false" : "true";
  out["ConfirmationWasAuthenticated"] = subscription->authenticated ? "true" : "false";
  out["SubscriptionPrincipal"] = fmt::format("arn:aws:iam::{}:root", subscription->owner);
  out.emplace("RawMessageDelivery", "false");
  if (out.contains("FilterPolicy")) out.emplace("FilterPolicyScope", "MessageAttributes");
  if (subscription->protocol != Protocol::http && subscription->protocol != Protocol::https) return out;
  if (const auto topic = find_topic(subscription->topic_arn))
    out["EffectiveDeliveryPolicy"] = to_json(to_document(policy_of(*topic, *subscription)));
  return out;
}

Result<void> Topics::unsubscribe(const std::string& subscription_arn, bool by_link) {
  const auto subscription = find_subscription(subscription_arn);
  if (!subscription) return std::unexpected(subscription.error());
  forget(subscription->topic_arn);
  state_.database().execute("DELETE FROM sns_subscriptions WHERE arn = ?", {subscription_arn});
  state_.database().execute("UPDATE sns_topics SET deleted_subscriptions = deleted_subscriptions + 1 WHERE arn = ?",
                            {subscription->topic_arn});
  const auto topic = find_topic(subscription->topic_arn);
  const bool by_http = subscription->protocol == Protocol::http || subscription->protocol == Protocol::https;
  const bool by_mail = subscription->protocol == Protocol::email || subscription->protocol == Protocol::email_json;
  if (topic && subscription->confirmed && (by_http || (by_mail && by_link))) send_farewell(*topic, *subscription);
  return {};
}

bool Topics::is_unsubscribe_signature(const std::string& subscription_arn, const std::string& signature) const {
  return equal_constant_time(signature, signer_->link_signature(subscription_arn));
}

void Topics::send_farewell(const Topic& topic, const Subscription& subscription) {
  const std::string token = make_hex(random_, 64);
  const Object kept{{"arn", subscription.arn},
                    {"account", subscription.scope.account},
                    {"region", subscription.scope.region},
                    {"protocol", std::string(to_text(subscription.protocol))},
                    {"endpoint", subscription.endpoint},
                    {"owner", subscription.owner},
                    {"attributes", to_object(subscription.attributes)}};
  state_.database().execute("DELETE FROM sns_farewells WHERE until <= ?", {state_.now()});
  state_.database().execute("INSERT INTO sns_farewells (topic_arn, token_hash, subscription, until) VALUES (?,?,?,?)",
                            {topic.arn, hash_of(token), kept, state_.now() + token_lifetime});
  delivery::Parcel parcel{.id = make_uuid_v4(random_), .owner = "sns", .context = Object{{"kind", "farewell"}}};
  if (subscription.protocol == Protocol::email || subscription.protocol == Protocol::email_json) {
    parcel.channel = "smtp";
    parcel.content = farewell_mail(topic, subscription.endpoint, token, address(), settings_.mail_from_address);
    parcel.plan = customer_managed_plan();
  } else {
    parcel.channel = "http";
    const Object headers{{"Content-Type", "text/plain; charset=UTF-8"},
                         {"x-amz-sns-message-type", "UnsubscribeConfirmation"},
                         {"x-amz-sns-message-id", parcel.id},
                         {"x-amz-sns-topic-arn", topic.arn},
                         {"x-amz-sns-subscription-arn", subscription.arn},
                         {"User-Agent", "Amazon Simple Notification Service Agent"}};
    parcel.content =
        Object{{"method", "POST"},
               {"url", subscription.endpoint},
               {"headers", headers},
               {"body", to_pretty_json(farewell_document(topic, subscription.arn, parcel.id, token, state_.now(), *signer_, address()))}};
    parcel.plan = policy_of(topic, subscription).healthy_retry.plan();
  }
  outbox_.enqueue(std::move(parcel));
}

/// A subscription that was ended and whose farewell was answered.
Result<Subscription> Topics::restore(const std::string& topic_arn, const std::string& token) {
  const auto row =
      state_.database().query_one("SELECT subscription FROM sns_farewells WHERE topic_arn = ? AND token_hash = ? AND until > ?",
                                  {topic_arn, hash_of(token), state_.now()});
  if (!row) return bad_parameter("Token");
  const Document kept = row->document(0);
  const Subscription subscription{text_or(kept, "arn"),
                                  topic_arn,
                                  {text_or(kept, "account"), text_or(kept, "region")},
                                  parse_protocol(text_or(kept, "protocol")).value_or(Protocol::http),
                                  text_or(kept, "endpoint"),
                                  text_or(kept, "owner"),
                                  to_text_map(*find(kept, "attributes")),
                                  true,
                                  false};
  insert_subscription(subscription);
  return subscription;
}

}  // namespace tocsin::communicate
