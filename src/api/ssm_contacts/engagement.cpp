#include <boost/json.hpp>

#include "api/ssm_contacts/answers.h"
#include "api/ssm_contacts/operations.h"

namespace tocsin::api::ssm_contacts {
namespace {

Object summary_of(const oncall::Engagement& e) {
  Object out{{"EngagementArn", e.arn}, {"ContactArn", e.contact_arn}, {"Sender", e.sender}, {"StartTime", to_ns(e.start)}};
  if (!e.incident_arn.empty()) out["IncidentId"] = e.incident_arn;
  if (e.stop) out["StopTime"] = to_ns(*e.stop);
  return out;
}

bool in_range(const oncall::Engagement& e, const Object& range) {
  const auto start = integer_at(range, "StartTime"), end = integer_at(range, "EndTime");
  return (!start || to_ns(e.start) >= *start) && (!end || to_ns(e.start) < *end);
}

}  // namespace

Reply start_engagement(OnCall& oncall, const Call& call) {
  oncall::EngagementRequest request{.contact_arn = text_or(call.input, "ContactId"), .sender = text_or(call.input, "Sender")};
  request.subject = text_or(call.input, "Subject");
  request.content = text_or(call.input, "Content");
  request.public_subject = text_or(call.input, "PublicSubject");
  request.public_content = text_or(call.input, "PublicContent");
  request.incident_arn = text_or(call.input, "IncidentId");
  request.token = text_or(call.input, "IdempotencyToken");
  const auto arn = oncall.start_engagement(call.scope, request);
  if (!arn) return refuse_with(arn.error(), request.contact_arn);
  return Object{{"EngagementArn", *arn}};
}

Reply stop_engagement(OnCall& oncall, const Call& call) {
  const std::string arn = text_or(call.input, "EngagementId");
  if (auto stopped = oncall.stop_engagement(call.scope, arn, text_or(call.input, "Reason")); !stopped)
    return refuse_with(stopped.error(), arn);
  return Object{};
}

Reply describe_engagement(OnCall& oncall, const Call& call) {
  const auto e = named_engagement(oncall, call);
  if (!e) return std::unexpected(e.error());
  Object out = summary_of(*e);
  out["Subject"] = e->subject;
  out["Content"] = e->content;
  if (!e->public_subject.empty()) out["PublicSubject"] = e->public_subject;
  if (!e->public_content.empty()) out["PublicContent"] = e->public_content;
  return out;
}

Reply list_engagements(OnCall& oncall, const ListTokens& tokens, const Call& call) {
  const auto from = page_start(tokens, call);
  if (!from) return std::unexpected(from.error());
  const std::string incident = text_or(call.input, "IncidentId");
  Array all;
  for (const auto& e : oncall.engagements().list(call.scope, "", 100000)) {
    const bool wanted = (incident.empty() || e.incident_arn == incident) && in_range(e, object_at(call.input, "TimeRangeValue"));
    if (wanted) all.push_back(summary_of(e));
  }
  Object out;
  Array page = page_of(tokens, call, *from, std::move(all), out);
  out["Engagements"] = std::move(page);
  return out;
}

}  // namespace tocsin::api::ssm_contacts
