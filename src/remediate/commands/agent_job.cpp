#include "remediate/commands/agent_job.h"

#include <algorithm>
#include <boost/json.hpp>

namespace tocsin::remediate {
namespace {
constexpr std::string_view job_prefix = "aws.ssm.";

std::string job_payload(const std::string& id, std::string_view topic, const Document& content) {
  return to_json(Object{{"Content", to_json(content)}, {"JobId", id}, {"Topic", topic}, {"SchemaVersion", 1}});
}

StepOutcome to_step(std::string_view key, const Document& from) {
  StepOutcome step;
  step.name = text_or(from, "stepName");
  if (step.name.empty()) step.name = std::string(key);
  step.status = text_or(from, "status");
  step.response_code = integer_or(from, "code", -1);
  step.standard_output = text_or(from, "standardOutput");
  step.standard_error = text_or(from, "standardError");
  step.output = text_or(from, "output");
  step.started_at = text_or(from, "startDateTime");
  step.ended_at = text_or(from, "endDateTime");
  return step;
}

bool is_list_type(const Document& parameter) { return text_or(parameter, "type").starts_with("StringList") || text_or(parameter, "type") == "List"; }

Result<Document> typed(std::string_view name, const Document& parameter, const Document& value) {
  const Array* list = value.if_array();
  if (is_list_type(parameter) || !list) return value;
  if (list->size() != 1) return fail(ErrorKind::invalid, "Parameter " + std::string(name) + " takes one value.", "InvalidParameters");
  return (*list)[0];
}

bool is_allowed(const Document& parameter, const Document& value) {
  const Array& allowed = array_at(parameter, "allowedValues");
  if (allowed.empty()) return true;
  const auto listed = [&](const Document& one) { return std::find(allowed.begin(), allowed.end(), one) != allowed.end(); };
  if (const Array* list = value.if_array()) return std::all_of(list->begin(), list->end(), listed);
  return listed(value);
}
}  // namespace

std::string job_id(const std::string& command_id, const std::string& instance_id) { return std::string(job_prefix) + command_id + '.' + instance_id; }

std::optional<std::string> command_of_job(std::string_view id) {
  if (!id.starts_with(job_prefix)) return std::nullopt;
  id.remove_prefix(job_prefix.size());
  const auto dot = id.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  return std::string(id.substr(0, dot));
}

std::string send_command_job(const Command& command, const std::string& instance_id) {
  const Object content{{"Parameters", command.spec.parameters},
                       {"DocumentContent", command.spec.document},
                       {"CommandId", command.id},
                       {"DocumentName", command.spec.document_name},
                       {"OutputS3BucketName", ""},
                       {"OutputS3KeyPrefix", ""},
                       {"CloudWatchLogGroupName", ""},
                       {"CloudWatchOutputEnabled", "false"}};
  return job_payload(job_id(command.id, instance_id), "aws.ssm.sendCommand", content);
}

std::string cancel_command_job(const std::string& command_id, const std::string& instance_id, const std::string& fresh_id) {
  return job_payload(job_id(fresh_id, instance_id), "aws.ssm.cancelCommand", Object{{"CancelMessageId", job_id(command_id, instance_id)}});
}

std::optional<JobAcknowledgement> parse_acknowledgement(std::string_view payload) {
  const Result<Document> document = parse_json(payload);
  if (!document || !document->is_object()) return std::nullopt;
  return JobAcknowledgement{text_or(*document, "jobId"), text_or(*document, "statusCode"), text_or(*document, "errorMessage")};
}

std::optional<JobReply> parse_reply(std::string_view payload) {
  const Result<Document> outer = parse_json(payload);
  if (!outer || !outer->is_object()) return std::nullopt;
  const Result<Document> content = parse_json(text_or(*outer, "content"));
  if (!content || !content->is_object()) return std::nullopt;
  JobReply reply{text_or(*outer, "jobId"), text_or(*content, "documentStatus"), {}};
  for (const auto& [key, step] : object_at(*content, "runtimeStatus")) reply.steps.push_back(to_step({key.data(), key.size()}, step));
  return reply;
}

std::string reply_acknowledgement(const std::string& id, const std::string& message_id) {
  return to_json(Object{{"jobId", id}, {"acknowledgedMessageId", message_id}});
}

Result<Object> typed_parameters(const Document& document, const Object& given) {
  const Object& declared = object_at(document, "parameters");
  for (const auto& [name, value] : given)
    if (!declared.contains(name)) return fail(ErrorKind::invalid, "Parameter " + std::string(name) + " is not one of the document's.", "InvalidParameters");
  Object result;
  for (const auto& [name, parameter] : declared) {
    const Document* value = given.if_contains(name);
    if (!value) value = find(parameter, "default");
    if (!value) return fail(ErrorKind::invalid, "Parameter " + std::string(name) + " is required by the document.", "InvalidParameters");
    Result<Document> one = typed(std::string_view(name.data(), name.size()), parameter, *value);
    if (!one) return std::unexpected(one.error());
    if (!is_allowed(parameter, *one)) return fail(ErrorKind::invalid, "Parameter " + std::string(name) + " has a value that is not allowed.", "InvalidParameters");
    result[name] = std::move(*one);
  }
  return result;
}

}  // namespace tocsin::remediate
