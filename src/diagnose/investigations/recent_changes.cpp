#include "diagnose/investigations/recent_changes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "base/text_time.h"
#include "diagnose/investigations/gather_in_unit.h"

namespace tocsin::diagnose {
namespace {

constexpr std::size_t records_max = 500;
constexpr std::size_t shown_max = 10;
// a call is recorded so long after its moment, at most
constexpr Duration late_max = std::chrono::seconds(10);
constexpr Duration kept_too_long_max = std::chrono::minutes(1);
// services whose calls set up watching and responding, or only prove who calls
constexpr std::array<std::string_view, 7> watching = {"monitoring.amazonaws.com", "ssm-incidents.amazonaws.com", "ssm-contacts.amazonaws.com", "sts.amazonaws.com",
                                                      "sns.amazonaws.com", "events.amazonaws.com", "sqs.amazonaws.com"};
// calls that run or register something and change no setting
constexpr std::array<std::string_view, 7> acting = {"SendCommand",        "CancelCommand",          "StartAutomationExecution", "StopAutomationExecution",
                                                    "CreateActivation",   "SendAutomationSignal",   "CreateDocument"};

bool is_one_of(const auto& list, std::string_view word) { return std::find(list.begin(), list.end(), word) != list.end(); }

bool overwrote_a_setting(const telemetry::AuditRecord& record) {
  if (record.event_name != "PutParameter") return false;
  const Document* answer = find(record.record, "responseElements");
  return answer && integer_or(*answer, "version", 0) > 1;
}

std::string resource_of(const telemetry::AuditRecord& record) { return record.resources.empty() ? std::string() : record.resources.front().arn; }

Document query_of(const telemetry::AuditRecord& record) {
  return Object{{"service", "cloudtrail"},
                {"operation", "LookupEvents"},
                {"parameters", Object{{"LookupAttributes", Array{Object{{"AttributeKey", "EventId"}, {"AttributeValue", record.event_id}}}}}}};
}

incidents::Evidence to_evidence(const telemetry::AuditRecord& record, Instant opened) {
  const std::string what = resource_of(record).empty() ? record.event_source : telemetry::short_name(resource_of(record));
  return {.kind = "change",
          .title = record.event_name + " " + what,
          .summary = fmt::format("{} by {}, {} before the incident opened, at {}", record.event_name, record.username, to_words(opened - record.event_time),
                                 to_rfc3339(record.event_time)),
          .query = query_of(record),
          .result = Object{{"eventId", record.event_id}, {"eventName", record.event_name}, {"eventSource", record.event_source}, {"userName", record.username},
                           {"requestParameters", find(record.record, "requestParameters") ? *find(record.record, "requestParameters") : Document{}}},
          .resource = resource_of(record),
          .happened = record.event_time};
}

}  // namespace

ChangeWeight weigh(const telemetry::AuditRecord& record) {
  if (record.read_only || !record.error_code.empty() || is_one_of(watching, record.event_source) || is_one_of(acting, record.event_name)) return ChangeWeight::none;
  if (record.actor_arn.find('/' + std::string(runbook_session_prefix)) != std::string::npos) return ChangeWeight::none;
  if (overwrote_a_setting(record)) return ChangeWeight::setting;
  const bool makes = record.event_name.starts_with("Create") || record.event_name == "PutParameter" || record.event_name.starts_with("Add") || record.event_name.starts_with("Tag");
  return makes ? ChangeWeight::creation : ChangeWeight::change;
}

std::vector<telemetry::AuditRecord> rank_changes(std::vector<telemetry::AuditRecord> records) {
  std::erase_if(records, [](const telemetry::AuditRecord& record) { return weigh(record) == ChangeWeight::none; });
  std::stable_sort(records.begin(), records.end(), [](const telemetry::AuditRecord& a, const telemetry::AuditRecord& b) {
    return weigh(a) != weigh(b) ? weigh(a) > weigh(b) : a.event_time > b.event_time;
  });
  return records;
}

void RecentChanges::gather(const Request& request, Done done) {
  gather_in_unit(state_, [this, request] { return look(request); }, std::move(done));
}

/// Reads what is new since it was asked last.
std::vector<telemetry::AuditRecord> RecentChanges::ranked(const Request& request) {
  Known& known = known_[request.scope];
  if (request.from < known.from || request.opened < known.to - late_max || request.from > known.to - late_max) known = {request.from, request.from, {}};
  for (telemetry::AuditRecord& record : trail_.changes(request.scope, std::max(known.from, known.to - late_max), request.opened, records_max)) {
    const auto same = [&](const telemetry::AuditRecord& other) { return other.event_id == record.event_id; };
    if (weigh(record) != ChangeWeight::none && std::ranges::none_of(known.records, same)) known.records.push_back(std::move(record));
  }
  known.to = std::max(known.to, request.opened);
  if (request.from - known.from > kept_too_long_max) {
    known.from = request.from;
    std::erase_if(known.records, [&](const telemetry::AuditRecord& record) { return record.event_time < known.from; });
  }
  std::vector<telemetry::AuditRecord> asked;
  for (const telemetry::AuditRecord& record : known.records)
    if (record.event_time >= request.from && record.event_time < request.opened) asked.push_back(record);
  return rank_changes(std::move(asked));
}

std::vector<incidents::Evidence> RecentChanges::look(const Request& request) {
  auto changes = ranked(request);
  if (!changes.empty() && weigh(changes.front()) == ChangeWeight::setting && !resource_of(changes.front()).empty())
    (void)incidents_.add_related(request.scope, request.incident_arn,
                                 {.type = "INVOLVED_RESOURCE", .value = Object{{"arn", resource_of(changes.front())}}, .title = std::string(recent_change_title)});
  if (changes.size() > shown_max) changes.resize(shown_max);
  std::vector<incidents::Evidence> evidence;
  for (const telemetry::AuditRecord& change : changes) evidence.push_back(to_evidence(change, request.opened));
  if (evidence.empty())
    evidence.push_back({.kind = "change", .title = "No change", .summary = "Nothing was changed through the API in the hour before.",
                        .query = Object{{"service", "cloudtrail"}, {"operation", "LookupEvents"}, {"parameters", Object{{"StartTime", to_rfc3339(request.from)}}}}});
  return evidence;
}

}  // namespace tocsin::diagnose
