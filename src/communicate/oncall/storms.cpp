// Storms: what joins an incident folds into at most one message in five minutes; a higher severity is told again at once.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "communicate/oncall/oncall.h"
#include "communicate/oncall/page_texts.h"
#include "incidents/event_names.h"

namespace tocsin::oncall {
namespace {

constexpr Duration fold = std::chrono::minutes(5);

// all of one stretch of five minutes share a timer, so a storm can neither multiply messages nor put them off for ever
Instant end_of_fold(Instant now) { return Instant{(now.time_since_epoch() / fold + 1) * fold}; }

}  // namespace

Result<void> OnCall::on_event(const EventEnvelope& event) {
  if (event.source != incidents::incident_source) return {};
  const std::string arn = text_or(event.detail, "incidentRecordArn");
  if (event.type == incidents::incident_joined) {
    const Instant due = end_of_fold(state_.now());
    timers_.set("oncall.fold", arn + '|' + std::to_string(to_seconds(due)), due,
                Object{{"account", event.scope.account}, {"region", event.scope.region}, {"incident", arn}});
  }
  const bool worse =
      event.type == incidents::incident_updated && integer_or(event.detail, "impact", 5) < integer_or(event.detail, "previousImpact", 0);
  if (worse) page_again(event.scope, arn);
  return {};
}

std::vector<Page> OnCall::live_pages(const Scope& scope, const std::string& incident_arn) {
  std::vector<Page> out;
  for (const Engagement& e : engagements_.of_incident(scope, incident_arn)) {
    if (e.stop) continue;
    for (Page& page : engagements_.pages_by_engagement(scope, e.arn, "", 1000)) out.push_back(std::move(page));
  }
  return out;
}

std::optional<Channel> OnCall::first_channel(const Scope& scope, const std::string& contact_arn) {
  for (const Channel& channel : contacts_.channels(scope, contact_arn))
    if (channel.activated) return channel;
  return std::nullopt;
}

void OnCall::page_again(const Scope& scope, const std::string& incident_arn) {
  for (const Page& page : live_pages(scope, incident_arn)) {
    const auto e = engagements_.find(scope, page.engagement_arn);
    const auto run = engagements_.find_run(scope, page.engagement_arn, page.contact_arn);
    const auto contact = contacts_.find(scope, page.contact_arn);
    const auto channel = first_channel(scope, page.contact_arn);
    if (e && run && contact && channel && run->state != RunState::stopped) page_person(*e, *run, *contact, *channel, page, false);
  }
}

Result<void> OnCall::on_fold_due(const Scope& scope, const Document& payload) {
  const auto incident = incidents_.store().find(scope, text_or(payload, "incident"));
  if (!incident || incident->status == incidents::IncidentStatus::resolved) return {};
  const std::string words = fmt::format("{} more trigger(s) have joined so far", incident->joined_count);
  for (const Page& page : live_pages(scope, incident->arn)) {
    const auto channel = first_channel(scope, page.contact_arn);
    if (!channel) continue;
    Message message;
    const std::string severity = incidents::severity_word(incident->impact);
    message.mail.subject = fmt::format("[{}] {}: {}", severity, incident->title, words);
    message.mail.text = fmt::format(
        "{}: {}.\n\nYou are paged once for all of them. See them:\n  aws ssm-incidents list-timeline-events --incident-record-arn {}\n",
        incident->title, words, incident->arn);
    message.mail_fields["references"] = fmt::format("<{}@tocsin>", incident->id);
    message.title = severity + ' ' + incident->title;
    message.text = words;
    message.urgency = "low";
    message.sms = page_sms(settings_.templates, {{"severity", severity}, {"what", incident->title + ": " + words}}, "chat.opened");
    // nobody is called for it
    if (channel->way() == Way::voice) continue;
    dispatch(fmt::format("{}/joined/{}", page.arn, incident->joined_count), *channel, message, {{"joined", incident->arn}});
  }
  return {};
}

}  // namespace tocsin::oncall
