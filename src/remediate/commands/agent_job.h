// The texts of the agent protocol for commands: jobs that go out, acknowledgements and replies that come in; pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "remediate/commands/command.h"

namespace tocsin::remediate {

/// "aws.ssm.COMMAND.INSTANCE"
std::string job_id(const std::string& command_id, const std::string& instance_id);
/// The command's id of a job id; nullopt when it is none of ours.
std::optional<std::string> command_of_job(std::string_view job_id);

/// The payload of an agent_job that runs the command.
std::string send_command_job(const Command& command, const std::string& instance_id);
/// The payload of an agent_job that cancels it; `fresh_id` makes it a job of its own.
std::string cancel_command_job(const std::string& command_id, const std::string& instance_id, const std::string& fresh_id);

struct JobAcknowledgement {
  std::string job_id;
  std::string status_code;  ///< "200" accepted, "51402" buffer full, "51405" duplicate, others refused
  std::string error;
};
std::optional<JobAcknowledgement> parse_acknowledgement(std::string_view payload);

struct JobReply {
  std::string job_id;
  std::string document_status;
  std::vector<StepOutcome> steps;
};
std::optional<JobReply> parse_reply(std::string_view payload);
/// The payload of an agent_job_reply_ack.
std::string reply_acknowledgement(const std::string& job_id, const std::string& message_id);

/// The parameters as the document's types want them: text for String and its kin, lists for StringList, defaults filled in; `invalid` names what is wrong.
Result<Object> typed_parameters(const Document& document, const Object& given);

}  // namespace tocsin::remediate
