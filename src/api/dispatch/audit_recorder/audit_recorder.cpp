#include "api/dispatch/audit_recorder/audit_recorder.h"

#include <boost/json.hpp>

#include "api/dispatch/audit_recorder/recorded_call.h"
#include "api/dispatch/audit_recorder/recorded_identity.h"
#include "api/dispatch/audit_recorder/recorded_parameters.h"
#include "api/dispatch/audit_recorder/recorded_resources.h"
#include "base/ids.h"
#include "base/text_time.h"

namespace tocsin::api {
namespace {

using telemetry::AuditRecord;
using telemetry::AuditResource;
constexpr std::size_t text_bytes_max = 1024;

std::string shortened(std::string_view text) {
  text = text.substr(0, text_bytes_max);
  // a cut must not leave half a character
  while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0) == 0x80) text.remove_suffix(1);
  if (text.size() < text_bytes_max || text.empty()) return std::string(text);
  return std::string(static_cast<unsigned char>(text.back()) >= 0xC0 ? text.substr(0, text.size() - 1) : text);
}

std::string shortened_if_long(std::string_view text) { return text.size() <= text_bytes_max ? std::string(text) : shortened(text); }

Array resource_list(const std::vector<AuditResource>& resources, const std::string& account) {
  Array out;
  for (const AuditResource& resource : resources) {
    Object entry{{"ARN", resource.arn}, {"accountId", account}};
    if (!resource.type.empty()) entry["type"] = resource.type;
    out.push_back(std::move(entry));
  }
  return out;
}

Document document_of(const Call& call, const Reply& reply, const AuditRecord& made) {
  Object out{{"eventVersion", "1.11"},
             {"userIdentity", user_identity(call.principal)},
             {"eventTime", to_rfc3339(call.now)},
             {"eventSource", made.event_source},
             {"eventName", call.operation},
             {"awsRegion", call.scope.region},
             {"sourceIPAddress", call.principal.kind == PrincipalKind::service ? call.principal.name : call.source_ip},
             {"userAgent", shortened_if_long(call.user_agent)}};
  if (!reply) {
    out["errorCode"] = reply.error().code;
    out["errorMessage"] = shortened_if_long(reply.error().message);
  }
  out["requestParameters"] = recorded_request(call);
  out["responseElements"] = reply ? recorded_response(call, *reply) : Document(nullptr);
  out["requestID"] = call.request_id;
  out["eventID"] = made.event_id;
  out["readOnly"] = made.read_only;
  if (!made.resources.empty()) out["resources"] = resource_list(made.resources, call.scope.account);
  out["eventType"] = "AwsApiCall";
  out["managementEvent"] = true;
  out["recipientAccountId"] = call.scope.account;
  out["eventCategory"] = "Management";
  return out;
}

EventEnvelope event_of(AuditRecord made) {
  return {.scope = made.scope,
          .event_time = made.event_time,
          .source = "aws." + made.event_source.substr(0, made.event_source.find('.')),
          .type = std::string(api_call_event_type),
          .subject_arn = made.resources.empty() ? "" : made.resources.front().arn,
          .detail = std::move(made.record)};
}

}  // namespace

std::optional<AuditRecord> AuditRecorder::record_of(const Call& call, const Reply& reply) {
  if (call.scope.account.empty() || !is_management_call(call.service, call.operation)) return std::nullopt;
  AuditRecord made{.scope = call.scope,
                   // ids that follow one another in time keep the index together
                   .event_id = make_uuid_v7(random_, call.now),
                   .event_time = call.now,
                   .event_name = call.operation,
                   .event_source = event_source_of(call.service),
                   .read_only = is_read_only(call.service, call.operation),
                   .username = username_of(call.principal),
                   .actor_arn = call.principal.arn,
                   .access_key_id = call.principal.access_key_id,
                   .error_code = reply ? "" : reply.error().code,
                   .resources = resources_of(call, reply)};
  made.record = document_of(call, reply, made);
  return made;
}

void AuditRecorder::record(const Call& call, const Reply& reply) {
  auto made = record_of(call, reply);
  if (!made) return;
  trail_.append(*made);
  if (!made->read_only) journal_.append(event_of(std::move(*made)));
}

bool AuditRecorder::postpone(const Call& call, const Reply& reply) {
  auto made = record_of(call, reply);
  return !made || postponed_.add(std::move(*made));
}

}  // namespace tocsin::api
