// Answering a page, and taking the answer back.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/ids.h"
#include "communicate/oncall/oncall.h"
#include "incidents/event_names.h"

namespace tocsin::oncall {

std::vector<Engagement> OnCall::engagements_of(const Page& page) {
  if (!page.incident_arn.empty()) return engagements_.of_incident(page.scope, page.incident_arn);
  const auto one = engagements_.find(page.scope, page.engagement_arn);
  return one ? std::vector<Engagement>{*one} : std::vector<Engagement>{};
}

void OnCall::acknowledge(Page page, const std::string& channel_arn, const std::string& how) {
  if (page.read) return;
  page.read = state_.now();
  engagements_.replace(page);
  engagements_.add_receipt(page, channel_arn, ReceiptType::read, how, state_.now());
  if (const auto e = engagements_.find(page.scope, page.engagement_arn))
    publish(*e, incidents::page_acknowledged, fmt::format("{} acknowledged {}", name_of(page.scope, page.contact_arn), how), &page);
  for (const Engagement& e : engagements_of(page))
    if (const auto run = engagements_.find_run(page.scope, e.arn, page.contact_arn); run && !e.stop) acknowledge_run(e, *run);
}

void OnCall::acknowledge_run(const Engagement& e, Run run) {
  if (run.state == RunState::acknowledged) return;
  stop_run(e, run, RunState::acknowledged, "");
  if (run.parent_arn.empty() || !run.essential) return;
  auto parent = engagements_.find_run(e.scope, e.arn, run.parent_arn);
  if (!parent) return;
  for (const Run& sibling : engagements_.runs(e))
    if (sibling.parent_arn == run.parent_arn && sibling.contact_arn != run.contact_arn && sibling.state == RunState::waiting)
      stop_run(e, sibling, RunState::stopped, name_of(e.scope, run.contact_arn) + " acknowledged");
  acknowledge_run(e, *parent);
}

std::size_t OnCall::acknowledge_incident(const Scope& scope, const std::string& incident_arn, const std::string& how) {
  std::size_t pages = 0;
  for (const Engagement& e : engagements_.of_incident(scope, incident_arn)) {
    if (e.stop) continue;
    for (const Run& run : engagements_.runs(e)) {
      const auto page = engagements_.page_for(e, run.contact_arn);
      if (run.state != RunState::waiting || !page || page->read) continue;
      acknowledge(*page, "", how);
      ++pages;
    }
  }
  return pages;
}

void OnCall::unacknowledge(Page page, const std::string& how) {
  if (!page.read) return;
  page.read.reset();
  engagements_.replace(page);
  const auto own = engagements_.find(page.scope, page.engagement_arn);
  if (own)
    publish(*own, incidents::page_unacknowledged,
            fmt::format("{} took the acknowledgement back {}", name_of(page.scope, page.contact_arn), how), &page);
  for (const Engagement& e : engagements_of(page)) {
    auto run = engagements_.find_run(page.scope, e.arn, page.contact_arn);
    if (e.stop || !run || run->state != RunState::acknowledged) continue;
    // the plans above go on from the stage where they stood, with its full time
    for (auto above = engagements_.find_run(e.scope, e.arn, run->parent_arn); above;
         above = engagements_.find_run(e.scope, e.arn, above->parent_arn)) {
      if (above->state != RunState::acknowledged) break;
      above->state = RunState::waiting;
      above->stage_started = state_.now();
      engagements_.put(*above);
      const auto owner = contacts_.find(e.scope, above->contact_arn);
      const Plan plan = owner ? plan_from(owner->plan) : Plan{};
      const auto stage = static_cast<std::size_t>(std::max(above->stage, 0));
      wait_for_stage(*above, state_.now() + (stage < plan.stages.size() ? plan.stages[stage].length : Duration{0}));
    }
    run->state = RunState::waiting;
    run->stage_started = state_.now();
    engagements_.put(*run);
    enter_stage(e, *run);
  }
}

bool OnCall::code_is_right(Page page, const std::string& code) {
  if (page.failed_codes >= code_tries_max) return false;
  for (int message = page.messages; message >= 1; --message) {
    const auto secret = engagements_.find_secret(page.arn + ':' + code + ':' + std::to_string(message));
    if (secret && secret->kind == EngagementStore::SecretKind::code && secret->expires > state_.now()) return true;
  }
  // in a unit of its own: the caller's is undone by its refusal
  state_.submit([this, scope = page.scope, arn = page.arn]() -> Result<void> {
    auto tried = engagements_.find_page(scope, arn);
    if (!tried) return {};
    ++tried->failed_codes;
    engagements_.replace(*tried);
    return {};
  });
  return false;
}

std::string OnCall::make_undo_secret(const Page& page) {
  std::string secret = make_secret(random_);
  engagements_.add_secret(page, secret, EngagementStore::SecretKind::undo, state_.now() + secret_lifetime);
  return secret;
}

}  // namespace tocsin::oncall
