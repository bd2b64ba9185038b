#include "detect/feeds/feed_entries.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <set>

#include "base/digest.h"
#include "base/encoding.h"

namespace tocsin::detect {
namespace {

using namespace std::chrono_literals;

/// What was last changed longer ago, when it is seen first, is history: most feeds never say that something is over.
constexpr auto history = 24h;

std::string key_of(const std::string& feed, const std::string& id) { return "feeds/" + feed + "/" + to_hex(sha256(id)).substr(0, 32); }

std::string digest_of(const HealthEvent& event) {
  std::string text = fmt::format("{}\n{}\n{}\n{}\n", event.description, to_text(event.category), to_ns(event.starts_at),
                                 event.ends_at ? to_ns(*event.ends_at) : 0);
  for (const HealthEntity& entity : event.entities) text += fmt::format("{}={}\n", entity.value, to_text(entity.status));
  return to_hex(sha256(text));
}

EntityStatus status_of(const FeedEntry& entry, bool is_impaired, bool is_over) {
  if (is_over) return EntityStatus::resolved;
  if (entry.is_maintenance) return EntityStatus::pending;
  return is_impaired ? EntityStatus::impaired : EntityStatus::unimpaired;
}

}  // namespace

HealthEvent event_of(const Scope& scope, const FeedSpec& spec, const FeedEntry& entry, Instant now) {
  HealthEvent event{.scope = scope, .key = key_of(spec.name, entry.id), .service = to_service_name(spec.service)};
  event.category = entry.is_maintenance ? HealthCategory::scheduled_change : HealthCategory::issue;
  event.type_code = usual_type_code(event.service, event.category);
  event.starts_at = entry.starts_at.value_or(now);
  // an issue cannot begin in the future, whatever the page's clock says
  if (!entry.is_maintenance) event.starts_at = std::min(event.starts_at, now);
  if (entry.is_over)
    event.ends_at = std::min(entry.ends_at.value_or(now), now);
  else if (entry.is_maintenance && entry.ends_at > event.starts_at)
    event.ends_at = entry.ends_at;
  if (event.ends_at) event.starts_at = std::min(event.starts_at, *event.ends_at);
  event.description = entry.title;
  if (!entry.text.empty()) event.description += (event.description.empty() ? "" : "\n\n") + entry.text;
  if (event.description.empty()) event.description = "The status page of " + spec.service + " has news.";
  if (!entry.link.empty()) event.metadata["link"] = entry.link;
  event.metadata["feed"] = spec.name;
  for (const FeedEntry::Component& component : entry.components)
    event.entities.push_back({component.name, status_of(entry, component.is_impaired, entry.is_over), now});
  for (const std::string& own : spec.entities) event.entities.push_back({own, status_of(entry, true, entry.is_over), now});
  return event;
}

void FeedEntries::take_one(const Scope& scope, const FeedSpec& spec, int document, const FeedEntry& entry) {
  const HealthEvent event = event_of(scope, spec, entry, state_.now());
  // how long it lasts to now is no change of the page
  HealthEvent dated = event;
  if (entry.is_over && !entry.ends_at) dated.ends_at = Instant{};
  if (!entry.starts_at) dated.starts_at = Instant{};
  const std::string digest = digest_of(dated);
  const auto row =
      state_.database().query_one("SELECT digest, is_open FROM feeds_entries WHERE account = ? AND region = ? AND feed = ? AND entry = ?",
                                  {scope.account, scope.region, spec.name, event.key});
  if (row && row->text(0) == digest) return;
  const bool is_old = spec.kind == FeedKind::syndication && entry.updated_at && *entry.updated_at < state_.now() - history;
  const bool was_open = row && row->truth(1);
  const bool is_open = !entry.is_over && (was_open || !is_old);
  if (was_open || is_open) health_.put(event);
  state_.database().execute(
      "INSERT INTO feeds_entries (account, region, feed, entry, document, digest, is_open, changed_at) VALUES (?,?,?,?,?,?,?,?) ON "
      "CONFLICT "
      "(account, region, feed, entry) DO UPDATE SET document = excluded.document, digest = excluded.digest, is_open = excluded.is_open, "
      "changed_at = excluded.changed_at",
      {scope.account, scope.region, spec.name, event.key, document, digest, is_open, state_.now()});
}

void FeedEntries::take(const Scope& scope, const FeedSpec& spec, int document, const std::vector<FeedEntry>& entries) {
  std::set<std::string> there;
  for (const FeedEntry& entry : entries) {
    if (!concerns(spec, entry)) continue;
    there.insert(key_of(spec.name, entry.id));
    take_one(scope, spec, document, entry);
  }
  for (const auto& row :
       state_.database().query("SELECT entry, is_open FROM feeds_entries WHERE account = ? AND region = ? AND feed = ? AND document = ?",
                               {scope.account, scope.region, spec.name, document})) {
    if (there.contains(row.text(0))) continue;
    // what is gone from its page is over
    if (row.truth(1)) health_.close(scope, row.text(0));
    state_.database().execute("DELETE FROM feeds_entries WHERE account = ? AND region = ? AND feed = ? AND entry = ?",
                              {scope.account, scope.region, spec.name, row.text(0)});
  }
}

void FeedEntries::forget(const Scope& scope, const std::string& feed) {
  for (const auto& row :
       state_.database().query("SELECT entry FROM feeds_entries WHERE account = ? AND region = ? AND feed = ? AND is_open = 1",
                               {scope.account, scope.region, feed}))
    health_.close(scope, row.text(0));
  state_.database().execute("DELETE FROM feeds_entries WHERE account = ? AND region = ? AND feed = ?", {scope.account, scope.region, feed});
}

}  // namespace tocsin::detect
