// The on-call engine: runs plans in stages, pages people, takes their acknowledgement, goes on to the next when none comes.
//  - One page for a person and an incident; a retry or a later stage repeats it in the same thread, with a fresh link.
//  - Before each step the run is looked at again: what was acknowledged or stopped meanwhile sends nothing.
//  - A mail that is refused for good ends its stage at once, unless another channel of the stage stands.
// Threads: only on the StateExecutor, inside a unit of work.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/random.h"
#include "communicate/oncall/contact_store.h"
#include "communicate/oncall/engagement_store.h"
#include "communicate/oncall/page_facts.h"
#include "communicate/oncall/page_message.h"
#include "delivery/outbox.h"
#include "delivery/timers.h"
#include "events/journal/journal.h"
#include "incidents/incidents.h"

namespace tocsin::oncall {

struct OnCallSettings {
  /// "https://host:port" for links in mail; asked at each message, since the port may be known late.
  std::function<std::string()> public_url;
  std::string mail_from;  ///< empty: the carrier's own
};

/// A link and a code acknowledge for this long.
inline constexpr Duration secret_lifetime = std::chrono::hours(24);
inline constexpr Duration activation_lifetime = std::chrono::minutes(30);
inline constexpr int code_tries_max = 10;

struct EngagementRequest {
  std::string contact_arn;
  std::string sender, subject, content, public_subject, public_content;
  std::string incident_arn;  ///< may be empty
  std::string token;         ///< may be empty: the client's idempotency token
};

class OnCall final : public incidents::Engager {
 public:
  OnCall(storage::StateExecutor& state, Random& random, events::Journal& journal, delivery::Outbox& outbox, delivery::Timers& timers,
         incidents::Incidents& incidents, OnCallSettings settings);

  Result<void> migrate();
  ContactStore& contacts() { return contacts_; }
  EngagementStore& engagements() { return engagements_; }

  // --- contacts.cpp
  Result<Contact> create_contact(Contact contact, const Tags& tags);
  /// conflict while another plan names it.
  Result<void> delete_contact(const Contact& contact);
  /// `unsupported` for SMS and VOICE: no gateway is configured. Mails an activation code unless told to wait.
  Result<Channel> create_channel(Channel channel, bool defer_activation);
  Result<void> send_activation_code(const Channel& channel);
  Result<void> activate(Channel channel, const std::string& code);
  void deactivate(Channel channel);

  // --- oncall.cpp
  Result<std::string> engage(const Scope& scope, const std::string& contact_arn, const incidents::Incident& incident) override;
  void stand_down(const Scope& scope, const std::string& engagement_arn, const std::string& reason) override;
  Result<std::string> start_engagement(const Scope& scope, const EngagementRequest& request);
  Result<void> stop_engagement(const Scope& scope, const std::string& arn, const std::string& reason);

  // --- storms.cpp
  /// The journal's consumer "oncall": what joins an incident is folded, a higher severity is paged again.
  Result<void> on_event(const EventEnvelope& event);

  // --- acknowledging.cpp
  /// Of a page that was acknowledged before: nothing. `how` is for the receipt ("by the link in the mail").
  void acknowledge(Page page, const std::string& channel_arn, const std::string& how);
  /// Takes it back: the escalation goes on.
  void unacknowledge(Page page, const std::string& how);
  void mark_delivered(Page page, const std::string& channel_arn, const std::string& how);
  /// Whether the code acknowledges the page; counts wrong ones, and after ten believes none.
  bool code_is_right(Page page, const std::string& code);
  /// A fresh single-use secret for taking an acknowledgement back.
  std::string make_undo_secret(const Page& page);

  /// Why this person was paged, and who is next and when; for the page behind the link.
  std::pair<std::string, std::string> why_and_next(const Page& page);
  /// What the person should know now, for the page and its mail.
  PageFacts facts_of(const Engagement& engagement);

 private:
  // --- escalation.cpp
  void begin_run(const Engagement& engagement, const std::string& contact_arn, const std::string& parent_arn, bool essential);
  void advance(const Engagement& engagement, Run run);
  void enter_stage(const Engagement& engagement, Run run);
  void wait_for_stage(const Run& run, Instant due);
  Result<void> on_stage_due(const Scope& scope, const Document& payload);
  Result<void> on_retry_due(const Scope& scope, const Document& payload);
  std::string why_you(const Engagement& engagement, const Run& run, const Contact& contact);
  std::string who_is_next(const Run& run, const Contact& contact);
  std::string what_became_of(const Engagement& engagement, const std::string& contact_arn);
  std::string name_of(const Scope& scope, const std::string& contact_arn);

  // --- paging.cpp
  void page_channel(const Engagement& engagement, const Run& run, const Contact& contact, const Target& target);
  void send(const Engagement& engagement, const Run& run, const Contact& contact, const Channel& channel, Page page);
  Page page_of(const Engagement& engagement, const Contact& contact);
  void plan_retry(const Run& run, const Target& target);
  Result<void> on_settled(const delivery::Settlement& settlement);
  void on_failed(const Page& page, const Document& context, const std::string& error);

  // --- storms.cpp
  std::vector<Page> live_pages(const Scope& scope, const std::string& incident_arn);
  std::optional<Channel> first_channel(const Scope& scope, const std::string& contact_arn);
  void page_again(const Scope& scope, const std::string& incident_arn);
  Result<void> on_fold_due(const Scope& scope, const Document& payload);

  void acknowledge_run(const Engagement& engagement, Run run);
  void stop_run(const Engagement& engagement, Run run, RunState state, const std::string& why);
  std::vector<Engagement> engagements_of(const Page& page);
  void publish(const Engagement& engagement, std::string_view type, const std::string& summary, const Page* page = nullptr,
               Object detail = {});
  void mail(const Scope& scope, const std::string& parcel_id, const std::string& address, Object content, Object context);

  storage::StateExecutor& state_;
  Random& random_;
  events::Journal& journal_;
  delivery::Outbox& outbox_;
  delivery::Timers& timers_;
  incidents::Incidents& incidents_;
  OnCallSettings settings_;
  ContactStore contacts_;
  EngagementStore engagements_;
};

}  // namespace tocsin::oncall
