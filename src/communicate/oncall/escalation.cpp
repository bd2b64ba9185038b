// How a plan goes from stage to stage, and what it says about it.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/text_time.h"
#include "communicate/oncall/oncall.h"
#include "incidents/event_names.h"

namespace tocsin::oncall {
namespace {

std::string stage_key(const Run& run) { return run.engagement_arn + '|' + run.contact_arn; }

Object run_payload(const Run& run) {
  return {{"account", run.scope.account},
          {"region", run.scope.region},
          {"engagement", run.engagement_arn},
          {"contact", run.contact_arn},
          {"stage", run.stage}};
}

}  // namespace

void OnCall::begin_run(const Engagement& e, const std::string& contact_arn, const std::string& parent_arn, bool essential) {
  auto run = engagements_.find_run(e.scope, e.arn, contact_arn);
  // reached again by a later stage while its own plan still runs: it is repeated where it stands
  if (run && run->state == RunState::waiting) return enter_stage(e, *run);
  if (run && run->state == RunState::acknowledged) return;
  Run fresh{.scope = e.scope, .engagement_arn = e.arn, .contact_arn = contact_arn, .parent_arn = parent_arn, .essential = essential};
  fresh.stage_started = state_.now();
  engagements_.put(fresh);
  const auto page = engagements_.page_for(e, contact_arn);
  if (page && page->read) return acknowledge_run(e, fresh);
  advance(e, fresh);
}

void OnCall::advance(const Engagement& e, Run run) {
  const auto contact = contacts_.find(e.scope, run.contact_arn);
  const std::size_t stage_count = contact ? plan_from(contact->plan).stages.size() : 0;
  if (static_cast<std::size_t>(run.stage + 1) < stage_count) {
    ++run.stage;
    run.stage_started = state_.now();
    engagements_.put(run);
    return enter_stage(e, run);
  }
  run.state = RunState::exhausted;
  engagements_.put(run);
  if (run.parent_arn.empty())
    publish(e, incidents::engagement_exhausted,
            fmt::format("Nobody acknowledged: the plan of {} has ended", name_of(e.scope, run.contact_arn)));
}

void OnCall::enter_stage(const Engagement& e, Run run) {
  const auto contact = contacts_.find(e.scope, run.contact_arn);
  if (!contact || run.stage < 0) return;
  const Plan plan = plan_from(contact->plan);
  if (static_cast<std::size_t>(run.stage) >= plan.stages.size()) return;
  const Stage& stage = plan.stages[static_cast<std::size_t>(run.stage)];
  wait_for_stage(run, run.stage_started + stage.length);
  for (const Target& target : stage.targets) {
    if (!target.channel_arn.empty())
      page_channel(e, run, *contact, target);
    else
      begin_run(e, target.contact_arn, run.contact_arn, target.essential);
  }
}

void OnCall::wait_for_stage(const Run& run, Instant due) { timers_.set("oncall.stage", stage_key(run), due, run_payload(run)); }

Result<void> OnCall::on_stage_due(const Scope& scope, const Document& payload) {
  const auto e = engagements_.find(scope, text_or(payload, "engagement"));
  const auto run = e ? engagements_.find_run(scope, e->arn, text_or(payload, "contact")) : std::nullopt;
  if (!run || e->stop || run->state != RunState::waiting || run->stage != integer_or(payload, "stage", -1)) return {};
  advance(*e, *run);
  return {};
}

Result<void> OnCall::on_retry_due(const Scope& scope, const Document& payload) {
  const auto e = engagements_.find(scope, text_or(payload, "engagement"));
  const auto run = e ? engagements_.find_run(scope, e->arn, text_or(payload, "contact")) : std::nullopt;
  if (!run || e->stop || run->state != RunState::waiting || run->stage != integer_or(payload, "stage", -1)) return {};
  const auto contact = contacts_.find(scope, run->contact_arn);
  if (!contact) return {};
  const Plan plan = plan_from(contact->plan);
  if (static_cast<std::size_t>(run->stage) >= plan.stages.size()) return {};
  for (const Target& target : plan.stages[static_cast<std::size_t>(run->stage)].targets)
    if (target.channel_arn == text_or(payload, "channel")) page_channel(*e, *run, *contact, target);
  return {};
}

void OnCall::stop_run(const Engagement& e, Run run, RunState state, const std::string& why) {
  run.state = state;
  engagements_.put(run);
  timers_.cancel("oncall.stage", stage_key(run));
  const auto page = engagements_.page_for(e, run.contact_arn);
  if (state != RunState::stopped || !page || page->read) return;
  outbox_.cancel(page->arn + "/" + std::to_string(page->messages));
  engagements_.add_receipt(*page, "", ReceiptType::stop, why, state_.now());
}

std::string OnCall::what_became_of(const Engagement& e, const std::string& contact_arn) {
  const auto page = engagements_.page_for(e, contact_arn);
  if (!page) return "was not reached";
  const std::string waited = to_words(state_.now() - page->sent);
  return page->delivery ? fmt::format("did not acknowledge in {} ({} delivered {})", waited, way_words(*page), clock_words(*page->delivery))
                        : fmt::format("did not acknowledge in {} ({} not delivered)", waited, way_words(*page));
}

std::string OnCall::why_you(const Engagement& e, const Run& run, const Contact& contact) {
  const auto parent = run.parent_arn.empty() ? std::nullopt : engagements_.find_run(e.scope, e.arn, run.parent_arn);
  if (!parent) return fmt::format("{} is engaged directly, stage {} of the plan.", contact.name(), run.stage + 1);
  std::string out =
      fmt::format("You are {} in {}.", ordinal_words(static_cast<std::size_t>(parent->stage) + 1), name_of(e.scope, run.parent_arn));
  const auto parent_contact = contacts_.find(e.scope, run.parent_arn);
  if (!parent_contact || parent->stage < 1) return out;
  const Plan plan = plan_from(parent_contact->plan);
  const auto stage_before = static_cast<std::size_t>(parent->stage) - 1;
  if (stage_before >= plan.stages.size()) return out;
  for (const Target& before : plan.stages[stage_before].targets)
    if (!before.contact_arn.empty() && before.contact_arn != contact.arn)
      out += fmt::format(" {} {}.", name_of(e.scope, before.contact_arn), what_became_of(e, before.contact_arn));
  return out;
}

std::string OnCall::who_is_next(const Run& run, const Contact& contact) {
  const auto describe = [&](const Run& of, const Contact& owner) -> std::string {
    const Plan plan = plan_from(owner.plan);
    const auto stage = static_cast<std::size_t>(of.stage);
    if (stage + 1 >= plan.stages.size()) return {};
    std::string who;
    for (const Target& target : plan.stages[stage + 1].targets)
      who += (who.empty() ? "" : ", ") + (target.contact_arn.empty() ? owner.name() + " again" : name_of(run.scope, target.contact_arn));
    return fmt::format("{}, {}", who, clock_words(of.stage_started + plan.stages[stage].length));
  };
  if (!run.parent_arn.empty()) {
    const auto parent = engagements_.find_run(run.scope, run.engagement_arn, run.parent_arn);
    const auto owner = contacts_.find(run.scope, run.parent_arn);
    if (parent && owner)
      if (auto words = describe(*parent, *owner); !words.empty()) return words;
  }
  const std::string own = describe(run, contact);
  return own.empty() ? "nobody after you" : own;
}

std::pair<std::string, std::string> OnCall::why_and_next(const Page& page) {
  const auto e = engagements_.find(page.scope, page.engagement_arn);
  const auto run = e ? engagements_.find_run(page.scope, e->arn, page.contact_arn) : std::nullopt;
  const auto contact = contacts_.find(page.scope, page.contact_arn);
  if (!run || !contact) return {};
  return {why_you(*e, *run, *contact), run->state == RunState::waiting ? who_is_next(*run, *contact) : std::string()};
}

}  // namespace tocsin::oncall
