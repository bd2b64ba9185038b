#include "incidents/audited_changes/audited_changes.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/text_time.h"

namespace tocsin::incidents {
namespace {

using telemetry::AuditRecord;
constexpr std::size_t changes_read_max = 2000;
constexpr std::size_t changes_shown_max = 25;

bool may_have_led_to_it(const AuditRecord& change) {
  if (!change.error_code.empty()) return false;
  return change.event_source != "ssm-incidents.amazonaws.com" && change.event_source != "ssm-contacts.amazonaws.com" &&
         change.event_source != "sts.amazonaws.com";
}

bool concerns(const AuditRecord& change, const EvidenceSource::Request& request) {
  return std::any_of(change.resources.begin(), change.resources.end(), [&](const telemetry::AuditResource& resource) {
    return resource.arn == request.trigger_arn ||
           std::find(request.resources.begin(), request.resources.end(), resource.arn) != request.resources.end();
  });
}

std::string what(const AuditRecord& change) {
  if (change.resources.empty()) return change.event_source.substr(0, change.event_source.find('.'));
  return telemetry::short_name(change.resources.front().arn);
}

std::vector<Evidence> select(std::vector<AuditRecord> changes, const EvidenceSource::Request& request) {
  std::erase_if(changes, [](const AuditRecord& change) { return !may_have_led_to_it(change); });
  std::reverse(changes.begin(), changes.end());
  std::stable_partition(changes.begin(), changes.end(), [&](const AuditRecord& change) { return concerns(change, request); });
  if (changes.size() > changes_shown_max) changes.resize(changes_shown_max);
  std::vector<Evidence> out;
  for (const AuditRecord& change : changes) out.push_back(evidence_of(change, request.opened));
  return out;
}

}  // namespace

Evidence evidence_of(const AuditRecord& change, Instant trigger_time) {
  const Duration distance = trigger_time - change.event_time;
  const std::string when = distance >= Duration::zero() ? to_words(distance) + " before" : to_words(-distance) + " after";
  Evidence out{.kind = "change", .title = change.event_name + " of " + what(change) + " by " + change.username};
  out.summary = change.username + " called " + change.event_name + " on " + what(change) + " at " + to_rfc3339(change.event_time) + ", " +
                when + " the incident opened.";
  out.query =
      Object{{"service", "cloudtrail"},
             {"operation", "LookupEvents"},
             {"parameters", Object{{"LookupAttributes", Array{Object{{"AttributeKey", "EventId"}, {"AttributeValue", change.event_id}}}}}}};
  out.result = change.record;
  if (!change.resources.empty()) out.resource = change.resources.front().arn;
  out.happened = change.event_time;
  return out;
}

void AuditedChanges::gather(const Request& request, Done done) {
  auto found = std::make_shared<std::vector<Evidence>>();
  state_.submit(
      [this, request, found]() -> Result<void> {
        *found = select(trail_.changes(request.scope, request.from, request.to, changes_read_max), request);
        return {};
      },
      [found, done = std::move(done)](Result<void> read) mutable {
        if (!read) return done(std::unexpected(read.error()));
        done(std::move(*found));
      });
}

}  // namespace tocsin::incidents
