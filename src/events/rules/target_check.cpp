#include "events/rules/target_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <set>

namespace tocsin::events {
namespace {

Result<void> bad(std::string words) { return fail(ErrorKind::invalid, std::move(words), "ValidationException"); }

struct Block {
  const char* member;
  const char* service;
};
/// SqsParameters are taken, and not looked at, by any target.
constexpr Block blocks[] = {{"EcsParameters", "ecs"},
                            {"KinesisParameters", "kinesis"},
                            {"BatchParameters", "batch"},
                            {"HttpParameters", "events"},
                            {"RedshiftDataParameters", "redshift"},
                            {"RunCommandParameters", "ssm"},
                            {"SageMakerPipelineParameters", "sagemaker"},
                            {"AppSyncParameters", "appsync"}};

Result<void> check_blocks(const Document& target, const Arn& arn) {
  const std::string id = text_or(target, "Id");
  for (const Block& block : blocks)
    if (find(target, block.member) && arn.service != block.service)
      return bad(fmt::format("Parameter(s) {} not supported for target: {}.", block.member, id));
  const auto wanted = [&](const char* member) { return bad(fmt::format("Parameter(s) {} must be specified for target: {}.", member, id)); };
  if (arn.service == "sqs" && arn.resource.ends_with(".fifo") && !find(find(target, "SqsParameters"), "MessageGroupId"))
    return wanted("SqsParameters");
  if (arn.service == "ssm" && arn.resource.starts_with("document/") && !find(target, "RunCommandParameters"))
    return wanted("RunCommandParameters");
  return {};
}

/// Queues, topics, log groups and functions say themselves who may reach them; all else is reached as a role.
bool wants_role(const Arn& arn, const Scope& scope) {
  if (arn.service == "ssm" || arn.service == "ssm-incidents") return true;
  if (arn.service == "sns") return arn.account != scope.account;
  if (arn.service != "events") return false;
  return !arn.resource.starts_with("event-bus/") || arn.account != scope.account || arn.region != scope.region;
}

Result<void> check_dead_letters(const Document& target, const Scope& scope) {
  const Document* config = find(target, "DeadLetterConfig");
  const auto text = config ? text_at(*config, "Arn") : std::nullopt;
  if (!text) return {};
  const auto arn = parse_arn(*text);
  if (!arn) return bad(fmt::format("Invalid DeadLetterConfig.Arn {} : it must be the ARN of an SQS queue.", *text));
  if (arn->service != "sqs") return bad(fmt::format("{} is not supported as a dead letter resource.", arn->service));
  if (arn->resource.ends_with(".fifo")) return bad("SQS FIFO is not supported by Dead Letter Queues.");
  if (arn->region != scope.region) return bad("The dead-letter queue must be in the same Region as the rule.");
  return {};
}

}  // namespace

Result<void> check_target_parameters(const Document& target, const Arn& arn, const Scope& scope) {
  if (const auto checked = check_blocks(target, arn); !checked) return checked;
  if (wants_role(arn, scope) && text_or(target, "RoleArn").empty())
    return bad(fmt::format("RoleArn is required for target {}.", arn.text()));
  return check_dead_letters(target, scope);
}

Result<void> check_distinct_ids(const Array& targets) {
  std::set<std::string> ids;
  for (const Document& target : targets)
    if (const std::string id = text_or(target, "Id"); !ids.insert(id).second)
      return bad(fmt::format("Parameter targets is not valid. Reason: More than one target with Id '{}' is provided.", id));
  return {};
}

}  // namespace tocsin::events
