#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <set>

#include "api/sns/operations.h"
#include "api/sns/topic_address.h"

namespace tocsin::api::sns {
namespace {

using communicate::TextMap;
using communicate::Topic;

constexpr int topics_per_page = 100;
constexpr std::size_t tags_max = 50;
constexpr std::string_view shared_actions[] = {"*",
                                               "Publish",
                                               "Subscribe",
                                               "Receive",
                                               "GetTopicAttributes",
                                               "SetTopicAttributes",
                                               "AddPermission",
                                               "RemovePermission",
                                               "DeleteTopic",
                                               "ListSubscriptionsByTopic",
                                               "GetDataProtectionPolicy",
                                               "PutDataProtectionPolicy"};

bool has_repeated_key(const Document& input) {
  std::set<std::string> keys;
  for (const Document& tag : array_at(input, "Tags"))
    if (!keys.insert(text_or(tag, "Key")).second) return true;
  return false;
}

template <typename Act>
Reply with_topic(Topics& topics, const Call& call, std::string_view member, Act act) {
  const auto arn = addressed(call, member);
  if (!arn) return std::unexpected(arn.error());
  const auto topic = topics.find_topic(*arn);
  if (!topic) return member == "ResourceArn" ? api::refuse("ResourceNotFoundException", "Resource does not exist") : refuse(topic.error());
  return act(*topic);
}

Reply empty_or(const Result<void>& result) {
  if (!result) return refuse(result.error());
  return Object{};
}

TextMap tags_at(const Document& input) {
  TextMap out;
  for (const Document& tag : array_at(input, "Tags")) out[text_or(tag, "Key")] = text_or(tag, "Value");
  return out;
}

/// The topic's policy as a document, as it stands.
Object policy_of(Topics& topics, const Topic& topic) {
  const auto shown = topics.topic_attributes(topic.arn);
  const auto policy = shown ? parse_json(shown->at("Policy")) : Result<Document>(Object{});
  return policy && policy->is_object() ? policy->get_object() : Object{};
}

Array statements_of(const Object& policy) {
  const Document* statements = find(policy, "Statement");
  return statements && statements->is_array() ? statements->get_array() : Array{};
}

}  // namespace

Reply create_topic(Topics& topics, const Call& call) {
  if (has_repeated_key(call.input)) return bad_parameter("Duplicated keys are not allowed.");
  const TextMap tags = tags_at(call.input);
  if (tags.size() > tags_max)
    return api::refuse("TagLimitExceededException", "Could not complete request: tag quota of per resource exceeded");
  if (find(call.input, "DataProtectionPolicy")) return bad_parameter("DataProtectionPolicy Reason: this server does not offer it");
  const auto topic = topics.create_topic(call.scope, text_or(call.input, "Name"), map_at(call.input, "Attributes"), tags);
  if (!topic) return refuse(topic.error());
  return Object{{"TopicArn", topic->arn}};
}

Reply delete_topic(Topics& topics, const Call& call) {
  const auto arn = addressed(call, "TopicArn");
  if (!arn) return arn.error().code == "NotFoundException" ? Reply(Object{}) : Reply(std::unexpected(arn.error()));
  topics.remove_topic(*arn);
  return Object{};
}

Reply get_topic_attributes(Topics& topics, const Call& call) {
  return with_topic(topics, call, "TopicArn", [&](const Topic& topic) -> Reply {
    const auto attributes = topics.topic_attributes(topic.arn);
    if (!attributes) return refuse(attributes.error());
    return Object{{"Attributes", to_document(*attributes)}};
  });
}

Reply set_topic_attributes(Topics& topics, const Call& call) {
  return with_topic(topics, call, "TopicArn", [&](const Topic& topic) {
    return empty_or(topics.set_topic_attribute(topic.arn, text_or(call.input, "AttributeName"), text_or(call.input, "AttributeValue")));
  });
}

Reply list_topics(Topics& topics, const ListTokens& tokens, const Call& call) {
  const auto after = opened_token(call, tokens);
  if (!after) return std::unexpected(after.error());
  const auto found = topics.list_topics(call.scope, *after, topics_per_page);
  Array arns;
  for (const Topic& topic : found) arns.emplace_back(Object{{"TopicArn", topic.arn}});
  Object out{{"Topics", std::move(arns)}};
  if (found.size() == topics_per_page) out["NextToken"] = tokens.seal(call, found.back().name);
  return out;
}

Reply add_permission(Topics& topics, const Call& call) {
  return with_topic(topics, call, "TopicArn", [&](const Topic& topic) -> Reply {
    const std::string label = text_or(call.input, "Label");
    if (label.empty()) return bad_parameter("Label Reason: no value for required parameter");
    Object policy = policy_of(topics, topic);
    Array statements = statements_of(policy);
    for (const Document& statement : statements)
      if (text_or(statement, "Sid") == label) return bad_parameter("Statement already exists");
    Array principals, actions;
    for (const Document& account : array_at(call.input, "AWSAccountId")) {
      const std::string id(account.as_string());
      if (id.size() != 12 || id.find_first_not_of("0123456789") != std::string::npos) return bad_parameter("AWSAccountId");
      principals.emplace_back(fmt::format("arn:aws:iam::{}:root", id));
    }
    for (const Document& action : array_at(call.input, "ActionName")) {
      const std::string name(action.as_string());
      if (std::ranges::find(shared_actions, name) == std::end(shared_actions))
        return bad_parameter("Policy statement action out of service scope!");
      actions.emplace_back("SNS:" + name);
    }
    statements.emplace_back(Object{{"Sid", label},
                                   {"Effect", "Allow"},
                                   {"Principal", Object{{"AWS", principals.size() == 1 ? principals.front() : Document(principals)}}},
                                   {"Action", actions.size() == 1 ? actions.front() : Document(actions)},
                                   {"Resource", topic.arn}});
    policy["Statement"] = std::move(statements);
    return empty_or(topics.set_topic_attribute(topic.arn, "Policy", to_json(policy)));
  });
}

Reply remove_permission(Topics& topics, const Call& call) {
  return with_topic(topics, call, "TopicArn", [&](const Topic& topic) -> Reply {
    Object policy = policy_of(topics, topic);
    Array kept;
    for (const Document& statement : statements_of(policy))
      if (text_or(statement, "Sid") != text_or(call.input, "Label")) kept.push_back(statement);
    policy["Statement"] = std::move(kept);
    return empty_or(topics.set_topic_attribute(topic.arn, "Policy", to_json(policy)));
  });
}

Reply tag_resource(Topics& topics, const Call& call) {
  return with_topic(topics, call, "ResourceArn", [&](const Topic& topic) -> Reply {
    if (has_repeated_key(call.input)) return bad_parameter("Duplicated keys are not allowed.");
    TextMap tags = topic.tags;
    for (const auto& [key, value] : tags_at(call.input)) tags[key] = value;
    if (tags.size() > tags_max)
      return api::refuse("TagLimitExceededException", "Could not complete request: tag quota of per resource exceeded");
    return empty_or(topics.set_topic_tags(topic.arn, tags));
  });
}

Reply untag_resource(Topics& topics, const Call& call) {
  return with_topic(topics, call, "ResourceArn", [&](const Topic& topic) {
    TextMap tags = topic.tags;
    for (const Document& key : array_at(call.input, "TagKeys")) tags.erase(std::string(key.as_string()));
    return empty_or(topics.set_topic_tags(topic.arn, tags));
  });
}

Reply list_tags_for_resource(Topics& topics, const Call& call) {
  return with_topic(topics, call, "ResourceArn", [&](const Topic& topic) -> Reply {
    Array tags;
    for (const auto& [key, value] : topic.tags) tags.emplace_back(Object{{"Key", key}, {"Value", value}});
    return Object{{"Tags", std::move(tags)}};
  });
}

}  // namespace tocsin::api::sns
