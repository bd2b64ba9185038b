// Related items, and findings: the changes that the investigation found.
#include <boost/json.hpp>

#include "api/ssm_incidents/answers.h"
#include "api/ssm_incidents/operations.h"

namespace tocsin::api::ssm_incidents {
namespace {

std::string incident_of(const Call& call) { return text_or(call.input, "incidentRecordArn"); }

Object document_of(const incidents::RelatedItem& item) {
  Object out{{"generatedId", item.id}, {"identifier", Object{{"type", item.type}, {"value", item.value}}}};
  if (!item.title.empty()) out["title"] = item.title;
  return out;
}

Instant happened(const incidents::Evidence& evidence) { return evidence.happened.value_or(evidence.gathered); }

Object finding_of(const incidents::Evidence& evidence) {
  return {{"id", evidence.id}, {"creationTime", to_ns(happened(evidence))}, {"lastModifiedTime", to_ns(evidence.gathered)}};
}

}  // namespace

Reply list_related_items(Incidents& incidents, const ListTokens& tokens, const Call& call) {
  const auto from = page_start(tokens, call);
  if (!from) return std::unexpected(from.error());
  Array all;
  for (const auto& item : incidents.store().related(call.scope, incident_of(call))) all.push_back(document_of(item));
  Object out;
  Array page = page_of(tokens, call, *from, std::move(all), out);
  out["relatedItems"] = std::move(page);
  return out;
}

Reply update_related_items(Incidents& incidents, const Call& call) {
  const Object& update = object_at(call.input, "relatedItemsUpdate");
  const std::string arn = incident_of(call);
  if (!incidents.store().find(call.scope, arn)) return not_found("INCIDENT_RECORD", arn);
  if (const Document* added = find(update, "itemToAdd")) {
    const Object& identifier = object_at(*added, "identifier");
    const auto id = incidents.add_related(
        call.scope, arn,
        {text_or(*added, "generatedId"), text_or(identifier, "type"), object_at(identifier, "value"), text_or(*added, "title")});
    if (!id) return refuse_with(id.error(), arn);
  }
  if (const Document* removed = find(update, "itemToRemove")) {
    const Document value = object_at(*removed, "value");
    for (const auto& item : incidents.store().related(call.scope, arn))
      if (item.type == text_or(*removed, "type") && item.value == value) incidents.store().remove_related(call.scope, arn, item.id);
  }
  return Object{};
}

Reply list_incident_findings(Incidents& incidents, const ListTokens& tokens, const Call& call) {
  if (!incidents.store().find(call.scope, incident_of(call))) return not_found("INCIDENT_RECORD", incident_of(call));
  const auto from = page_start(tokens, call);
  if (!from) return std::unexpected(from.error());
  Array all;
  for (const auto& evidence : incidents.store().evidence(call.scope, incident_of(call)))
    if (evidence.kind == "change") all.push_back(Object{{"id", evidence.id}, {"lastModifiedTime", to_ns(evidence.gathered)}});
  Object out;
  Array page = page_of(tokens, call, *from, std::move(all), out);
  out["findings"] = std::move(page);
  return out;
}

Reply batch_get_incident_findings(Incidents& incidents, const Call& call) {
  if (!incidents.store().find(call.scope, incident_of(call))) return not_found("INCIDENT_RECORD", incident_of(call));
  const auto evidence = incidents.store().evidence(call.scope, incident_of(call));
  Array findings, errors;
  for (const Document& id : array_at(call.input, "findingIds")) {
    const auto found = std::ranges::find_if(evidence, [&](const auto& each) { return each.kind == "change" && each.id == id.as_string(); });
    if (found != evidence.end())
      findings.push_back(finding_of(*found));
    else
      errors.push_back(Object{{"code", "ResourceNotFoundException"}, {"findingId", id}, {"message", "The finding was not found"}});
  }
  return Object{{"findings", std::move(findings)}, {"errors", std::move(errors)}};
}

}  // namespace tocsin::api::ssm_incidents
