// https://metastatuspage.com/api : what any page of Statuspage's, or one that speaks like it, answers.
#include <boost/json.hpp>

#include "base/text_time.h"
#include "detect/feeds/feed.h"

namespace tocsin::detect {
namespace {

constexpr std::size_t entries_max = 200, components_max = 200, text_max = 8000;

std::optional<Instant> time_at(const Document& document, const char* member) {
  const auto text = text_at(document, member);
  return text ? parse_rfc3339(*text) : std::nullopt;
}

bool is_over(const std::string& status) { return status == "resolved" || status == "postmortem" || status == "completed"; }

/// The latest of the updates, whatever their order.
std::string latest_text(const Document& entry) {
  const Document* latest = nullptr;
  std::string latest_at;
  for (const Document& update : array_at(entry, "incident_updates")) {
    std::string at = text_or(update, "display_at", text_or(update, "created_at"));
    if (latest && at <= latest_at) continue;
    latest = &update;
    latest_at = std::move(at);
  }
  return latest ? plain_text(text_or(*latest, "body")).substr(0, text_max) : std::string();
}

FeedEntry read_entry(const Document& entry, bool is_maintenance) {
  FeedEntry out{.id = text_or(entry, "id"),
                .is_maintenance = is_maintenance,
                .is_over = is_over(text_or(entry, "status")),
                .title = text_or(entry, "name").substr(0, text_max),
                .text = latest_text(entry),
                .link = text_or(entry, "shortlink")};
  out.starts_at = time_at(entry, is_maintenance ? "scheduled_for" : "started_at");
  if (!out.starts_at) out.starts_at = time_at(entry, "created_at");
  out.ends_at = time_at(entry, is_maintenance ? "scheduled_until" : "resolved_at");
  if (out.is_over)
    if (const auto resolved = time_at(entry, "resolved_at")) out.ends_at = resolved;
  out.updated_at = time_at(entry, "updated_at");
  for (const Document& component : array_at(entry, "components")) {
    if (out.components.size() >= components_max) break;
    if (std::string name = text_or(component, "name"); !name.empty() && name.size() <= 256)
      out.components.push_back({std::move(name), text_or(component, "status") != "operational" || is_maintenance});
  }
  return out;
}

}  // namespace

Result<std::vector<FeedEntry>> read_statuspage(std::string_view json) {
  const auto document = parse_json(json);
  if (!document || !document->is_object()) return fail(ErrorKind::invalid, "the answer is no JSON object");
  const bool is_maintenance = find(*document, "scheduled_maintenances") != nullptr;
  const Document* listed = find(*document, is_maintenance ? "scheduled_maintenances" : "incidents");
  if (!listed || !listed->is_array()) return fail(ErrorKind::invalid, "the answer holds neither incidents nor scheduled_maintenances");
  std::vector<FeedEntry> entries;
  for (const Document& each : listed->get_array()) {
    if (entries.size() >= entries_max) break;
    if (!each.is_object() || text_or(each, "id").empty() || text_or(each, "id").size() > 256) continue;
    entries.push_back(read_entry(each, is_maintenance));
  }
  return entries;
}

}  // namespace tocsin::detect
