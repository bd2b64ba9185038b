// The on-call engine: runs plans in stages, pages people, takes their acknowledgement, goes on to the next when none comes.
//  - One page for a person and an incident; a retry or a later stage repeats it in the same thread, with a fresh link.
//  - Before each step the run is looked at again: what was acknowledged or stopped meanwhile sends nothing.
//  - A channel that fails, or that nobody took within a minute, is followed by the person's next one; when there is none left, the stage
//  ends
//    at once, unless another channel of it stands.
//  - Storm control (communicate/storm) is asked before each page: what is too much comes in a digest.
// Threads: only on the StateExecutor, inside a unit of work.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/random.h"
#include "communicate/oncall/contact_store.h"
#include "communicate/oncall/engagement_store.h"
#include "communicate/oncall/outgoing_store.h"
#include "communicate/oncall/page_facts.h"
#include "communicate/oncall/page_message.h"
#include "communicate/storm/storm_planner.h"
#include "communicate/templates/message_templates.h"
#include "delivery/outbox.h"
#include "delivery/timers.h"
#include "events/journal/journal.h"
#include "incidents/incidents.h"

namespace tocsin::oncall {

struct OnCallSettings {
  /// "https://host:port" for links in mail; asked at each message, since the port may be known late.
  std::function<std::string()> public_url;
  std::string mail_from;  ///< empty: the carrier's own
  /// Whether messages can leave by a channel of the outbox ("sms", "voice", "push:NAME", "web-push"); none but "smtp" when it is not set.
  std::function<bool(const std::string& channel)> can_send = {};
  /// Asked first of what comes in by text: the words to send back to STOP and its like, nullopt for all else. Inside the unit.
  std::function<std::optional<std::string>(const std::string& from, const std::string& text)> on_keyword = {};
  templates::MessageTemplates templates = {};
  storm::Policy storm = {};
};

/// A channel that did not take a page within this is too slow: the next one is asked as well.
inline constexpr Duration channel_patience = std::chrono::seconds(60);
/// Tries of one channel that fail before the next is asked as well.
inline constexpr int tries_of_channel = 2;
/// What a link's page is called when it is a digest.
inline constexpr std::string_view digest_prefix = "digest:";
/// A contact's tag: "22:00-07:00 Europe/Berlin".
inline constexpr std::string_view quiet_hours_tag = "tocsin:quiet-hours";

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
  OutgoingStore& outgoing() { return outgoing_; }
  const OnCallSettings& settings() const { return settings_; }

  // --- contacts.cpp
  Result<Contact> create_contact(Contact contact, const Tags& tags);
  /// conflict while another plan names it.
  Result<void> delete_contact(const Contact& contact);
  /// `unsupported` where no gateway is configured. Sends an activation code unless told to wait; of a browser the link that asks for it, by
  /// the contact's first channel that is active.
  Result<Channel> create_channel(Channel channel, bool defer_activation);
  Result<void> send_activation_code(const Channel& channel);
  Result<void> activate(Channel channel, const std::string& code);
  void deactivate(Channel channel);
  /// Error invalid, unsupported: an address that the type cannot have.
  Result<void> check_address(const Channel& channel) const;
  /// What a browser gave for the channel: it is active from now on.
  void take_browser(Channel channel, const Document& subscription);

  // --- oncall.cpp
  Result<std::string> engage(const Scope& scope, const std::string& contact_arn, const incidents::Incident& incident) override;
  void stand_down(const Scope& scope, const std::string& engagement_arn, const std::string& reason) override;
  Result<std::string> start_engagement(const Scope& scope, const EngagementRequest& request);
  Result<void> stop_engagement(const Scope& scope, const std::string& arn, const std::string& reason);

  // --- storms.cpp
  /// The journal's consumer "oncall": what joins an incident is folded, a higher severity is paged again.
  Result<void> on_event(const EventEnvelope& event);

  // --- replies.cpp
  /// A text that somebody sent to us: the code of a page acknowledges it. What to answer; empty: nothing.
  std::string on_text(const std::string& from, const std::string& text);
  /// What a gateway says became of a message, by its own name for it.
  void on_receipt(const std::string& provider_id, bool delivered, const std::string& words);
  /// A mail that came back to us. Whether it was one of ours.
  bool on_returned_mail(const std::string& mail);

  // --- digests.cpp
  /// All pages of a digest.
  std::vector<Page> pages_of_digest(const Scope& scope, const std::string& digest);

  // --- acknowledging.cpp
  /// Of a page that was acknowledged before: nothing. `how` is for the receipt ("by the link in the mail").
  void acknowledge(Page page, const std::string& channel_arn, const std::string& how);
  /// All open pages of an incident, by somebody who was not paged; how many those were.
  std::size_t acknowledge_incident(const Scope& scope, const std::string& incident_arn, const std::string& how);
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
  void send(const Engagement& engagement, const Run& run, const Contact& contact, const Channel& channel, Page page,
            const std::string& words = {});
  /// A message in the forms of all ways.
  struct Message {
    PageMail mail;
    Object mail_fields;  ///< message_id, references …
    std::string sms, say, ask, answer_token, title, text, url, urgency;
  };
  void dispatch(const std::string& parcel_id, const Channel& channel, const Message& message, Object context);
  std::string make_link_secret(const Page& page, Way way);
  std::string way_words(const Page& page);

  // --- digests.cpp
  /// Asks storm control, then sends, or keeps it for the digest.
  void page_person(const Engagement& engagement, const Run& run, const Contact& contact, const Channel& channel, Page page, bool repeat);
  void fold(const Engagement& engagement, const Run& run, const Contact& contact, const Channel& channel, Page page,
            const storm::Plan& plan, int impact);
  Result<void> on_digest_due(const Scope& scope, const Document& payload);
  void send_digest(const Contact& contact, const Channel& channel, const std::string& digest, const std::vector<FoldedPage>& folded,
                   int number);
  Result<void> on_digest_settled(const delivery::Settlement& settlement);

  // --- failover.cpp
  /// Pages the person by the next channel that was not tried in this stage; false when there is none, or nobody waits any more.
  bool fail_over(const Page& page, const Document& context, const std::string& why);
  Result<void> on_patience_due(const Document& payload);
  void on_attempt(const delivery::Parcel& parcel, int attempt, const delivery::CarryOutcome& outcome);
  void lose(OutgoingMessage message, const std::string& error);
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

  storage::StateExecutor& state_;
  Random& random_;
  events::Journal& journal_;
  delivery::Outbox& outbox_;
  delivery::Timers& timers_;
  incidents::Incidents& incidents_;
  OnCallSettings settings_;
  ContactStore contacts_;
  EngagementStore engagements_;
  OutgoingStore outgoing_;
};

}  // namespace tocsin::oncall
