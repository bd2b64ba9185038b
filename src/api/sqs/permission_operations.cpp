// A queue's policy, statement by statement. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_AddPermission.html
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "api/sqs/operations.h"
#include "api/sqs/queue_address.h"

namespace tocsin::api::sqs {
namespace {

constexpr std::size_t actions_max = 7;
constexpr const char* shared_actions[] = {"*",
                                          "SendMessage",
                                          "ReceiveMessage",
                                          "DeleteMessage",
                                          "ChangeMessageVisibility",
                                          "GetQueueAttributes",
                                          "GetQueueUrl",
                                          "ListDeadLetterSourceQueues",
                                          "PurgeQueue",
                                          "ListQueueTags"};
constexpr const char* owner_actions[] = {
    "AddPermission", "RemovePermission", "CreateQueue",          "DeleteQueue",          "ListQueues",           "SetQueueAttributes",
    "TagQueue",      "UntagQueue",       "StartMessageMoveTask", "ListMessageMoveTasks", "CancelMessageMoveTask"};

std::unexpected<ServiceError> bad(std::string_view value, std::string_view parameter, std::string_view reason) {
  return api::refuse("InvalidParameterValue", fmt::format("Value {} for parameter {} is invalid. Reason: {}", value, parameter, reason));
}

std::expected<void, ServiceError> check_label(const std::string& label) {
  if (!label.empty() && label.size() <= 80 &&
      label.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == std::string::npos)
    return {};
  return bad(label, "Label", "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length");
}

/// One as itself, several as a list: the way the service writes policies.
Document one_or_list(Array list) { return list.size() == 1 ? list.front() : Document(std::move(list)); }

std::expected<Document, ServiceError> read_actions(const Array& names) {
  if (names.size() > actions_max)
    return api::refuse("OverLimit", fmt::format("{} Actions were found, maximum allowed is {}.", names.size(), actions_max));
  Array actions;
  for (const Document& name : names) {
    const std::string action(name.as_string());
    if (std::ranges::find(owner_actions, action) != std::end(owner_actions))
      return bad("SQS:" + action, "ActionName", "Only the queue owner is allowed to invoke this action.");
    if (std::ranges::find(shared_actions, action) == std::end(shared_actions))
      return bad("SQS:" + action, "ActionName", "Please refer to the appropriate WSDL for a list of valid actions. ");
    actions.emplace_back("SQS:" + action);
  }
  if (actions.empty()) return api::refuse("MissingParameter", "The request must contain the parameter Actions.");
  return one_or_list(std::move(actions));
}

std::expected<Document, ServiceError> read_accounts(const Array& ids) {
  Array principals;
  for (const Document& id : ids) {
    const std::string account(id.as_string());
    if (account.size() != 12 || account.find_first_not_of("0123456789") != std::string::npos)
      return bad("[" + account + "]", "PrincipalId", "Unable to verify.");
    principals.emplace_back(fmt::format("arn:aws:iam::{}:root", account));
  }
  if (principals.empty()) return api::refuse("MissingParameter", "The request must contain the parameter AWSAccountIds.");
  return one_or_list(std::move(principals));
}

Object policy_of(const delivery::Queue& queue) {
  const auto policy = parse_json(queue.attributes.value("Policy"));
  if (policy && policy->is_object()) return policy->get_object();
  return {{"Version", "2008-10-17"}, {"Id", queue.arn() + "/SQSDefaultPolicy"}, {"Statement", Array{}}};
}

Array statements_of(const Object& policy) {
  const Document* statements = find(policy, "Statement");
  if (!statements) return {};
  return statements->is_array() ? statements->get_array() : Array{*statements};
}

Reply store(Queues& queues, const delivery::Queue& queue, Object policy, Array statements) {
  const bool empty = statements.empty();
  policy["Statement"] = std::move(statements);
  const auto stored = queues.set_attributes(queue.arn(), {{"Policy", empty ? "" : to_json(policy)}});
  if (!stored) return refuse(stored.error());
  return Object{};
}

}  // namespace

Reply add_permission(Queues& queues, const Call& call) {
  return with_queue(queues, call, [&](const delivery::Queue& queue) -> Reply {
    const std::string label = text_or(call.input, "Label");
    if (const auto checked = check_label(label); !checked) return std::unexpected(checked.error());
    const auto actions = read_actions(array_at(call.input, "Actions"));
    if (!actions) return std::unexpected(actions.error());
    const auto accounts = read_accounts(array_at(call.input, "AWSAccountIds"));
    if (!accounts) return std::unexpected(accounts.error());
    Object policy = policy_of(queue);
    Array statements = statements_of(policy);
    for (const Document& statement : statements)
      if (text_or(statement, "Sid") == label) return bad(label, "Label", "Already exists.");
    statements.emplace_back(Object{
        {"Sid", label}, {"Effect", "Allow"}, {"Principal", Object{{"AWS", *accounts}}}, {"Action", *actions}, {"Resource", queue.arn()}});
    return store(queues, queue, std::move(policy), std::move(statements));
  });
}

Reply remove_permission(Queues& queues, const Call& call) {
  return with_queue(queues, call, [&](const delivery::Queue& queue) -> Reply {
    const std::string label = text_or(call.input, "Label");
    Object policy = policy_of(queue);
    const Array before = statements_of(policy);
    Array kept;
    for (const Document& statement : before)
      if (text_or(statement, "Sid") != label) kept.push_back(statement);
    if (kept.size() == before.size()) return bad(label, "Label", "can't find label on existing policy.");
    return store(queues, queue, std::move(policy), std::move(kept));
  });
}

}  // namespace tocsin::api::sqs
