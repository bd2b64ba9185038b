#include "incidents/incident_store.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "incidents/incident_schema.h"

namespace tocsin::incidents {
namespace {

constexpr const char* timeline_columns = "id, event_ns, recorded_ns, updated_ns, type, data, refs, custom, event_id";

TimelineEvent event_of(const storage::Row& row) {
  const Document references = row.document(6);
  return {.id = row.text(0),
          .event_time = row.instant(1),
          .recorded_time = row.instant(2),
          .updated_time = row.instant(3),
          .type = row.text(4),
          .data = row.text(5),
          .references = references.is_array() ? references.get_array() : Array{},
          .origin = row.truth(7) ? Origin::custom : Origin::system,
          .event_id = row.text(8)};
}

Evidence evidence_of(const storage::Row& row) {
  Evidence out{.id = row.text(0), .kind = row.text(1), .title = row.text(2), .summary = row.text(3), .query = row.document(4)};
  out.result = row.document(5);
  out.resource = row.text(6);
  if (!row.is_null(7)) out.happened = row.instant(7);
  out.gathered = row.instant(8);
  return out;
}

// sorts newest first as text
std::string descending(Instant at) { return fmt::format("{:020}", INT64_MAX - to_ns(at)); }

std::vector<Incident> incidents_of(const storage::Rows& rows) {
  std::vector<Incident> out;
  for (const auto& row : rows) out.push_back(incident_from(row.document(0)));
  return out;
}

}  // namespace

Result<void> IncidentStore::migrate() { return state_.database().migrate("incidents", incident_migrations); }

std::string IncidentStore::place_of(const Incident& incident) { return descending(incident.created) + incident.id; }

void IncidentStore::insert(const Incident& i) {
  state_.database().execute(
      "INSERT INTO incidents_records (account, region, arn, id, place, status, dedupe, record) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      {i.scope.account, i.scope.region, i.arn, i.id, place_of(i), to_text(i.status), i.dedupe, to_document(i)});
}

void IncidentStore::replace(const Incident& i) {
  state_.database().execute("UPDATE incidents_records SET status = ?, dedupe = ?, record = ? WHERE account = ? AND region = ? AND arn = ?",
                            {to_text(i.status), i.dedupe, to_document(i), i.scope.account, i.scope.region, i.arn});
}

std::optional<Incident> IncidentStore::find(const Scope& scope, const std::string& arn) {
  const auto row = state_.database().query_one("SELECT record FROM incidents_records WHERE account = ? AND region = ? AND arn = ?",
                                               {scope.account, scope.region, arn});
  return row ? std::optional(incident_from(row->document(0))) : std::nullopt;
}

std::optional<Incident> IncidentStore::find_by_id(const std::string& id) {
  const auto row = state_.database().query_one("SELECT record FROM incidents_records WHERE id = ?", {id});
  return row ? std::optional(incident_from(row->document(0))) : std::nullopt;
}

std::optional<Incident> IncidentStore::find_open(const Scope& scope, const std::string& dedupe) {
  const auto row = state_.database().query_one(
      "SELECT record FROM incidents_records WHERE account = ? AND region = ? AND status = 'OPEN' AND dedupe = ? ORDER BY place LIMIT 1",
      {scope.account, scope.region, dedupe});
  return row ? std::optional(incident_from(row->document(0))) : std::nullopt;
}

std::vector<Incident> IncidentStore::list(const Scope& scope, const std::string& after, std::size_t count_max) {
  return incidents_of(
      state_.database().query("SELECT record FROM incidents_records WHERE account = ? AND region = ? AND place > ? ORDER BY place LIMIT ?",
                              {scope.account, scope.region, after, count_max}));
}

void IncidentStore::remove(const Scope& scope, const std::string& arn) {
  for (const char* table : {"incidents_timeline", "incidents_related", "incidents_evidence", "incidents_links", "incidents_awaited"})
    state_.database().execute(fmt::format("DELETE FROM {} WHERE account = ? AND region = ? AND incident_arn = ?", table),
                              {scope.account, scope.region, arn});
  for (const char* table : {"incidents_records", "incidents_tags"})
    state_.database().execute(fmt::format("DELETE FROM {} WHERE account = ? AND region = ? AND arn = ?", table),
                              {scope.account, scope.region, arn});
}

bool IncidentStore::add_event(const Incident& i, const TimelineEvent& e) {
  if (!e.event_id.empty() &&
      state_.database().query_one("SELECT id FROM incidents_timeline WHERE incident_arn = ? AND event_id = ?", {i.arn, e.event_id}))
    return false;
  state_.database().execute(
      "INSERT INTO incidents_timeline (account, region, incident_arn, id, event_ns, recorded_ns, updated_ns, type, data, refs, custom, "
      "event_id) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {i.scope.account, i.scope.region, i.arn, e.id, e.event_time, e.recorded_time, e.updated_time, e.type,
       e.data.substr(0, event_data_length_max), Document(e.references), e.origin == Origin::custom, e.event_id});
  return true;
}

void IncidentStore::replace_event(const Scope& scope, const std::string& incident_arn, const TimelineEvent& e) {
  state_.database().execute(
      "UPDATE incidents_timeline SET event_ns = ?, updated_ns = ?, type = ?, data = ?, refs = ? WHERE account = ? AND region = ? AND "
      "incident_arn = ? AND id = ?",
      {e.event_time, e.updated_time, e.type, e.data, Document(e.references), scope.account, scope.region, incident_arn, e.id});
}

void IncidentStore::remove_event(const Scope& scope, const std::string& incident_arn, const std::string& id) {
  state_.database().execute("DELETE FROM incidents_timeline WHERE account = ? AND region = ? AND incident_arn = ? AND id = ?",
                            {scope.account, scope.region, incident_arn, id});
}

std::optional<TimelineEvent> IncidentStore::find_event(const Scope& scope, const std::string& incident_arn, const std::string& id) {
  const auto row = state_.database().query_one(
      fmt::format("SELECT {} FROM incidents_timeline WHERE account = ? AND region = ? AND incident_arn = ? AND id = ?", timeline_columns),
      {scope.account, scope.region, incident_arn, id});
  return row ? std::optional(event_of(*row)) : std::nullopt;
}

std::vector<TimelineEvent> IncidentStore::timeline(const Scope& scope, const std::string& incident_arn) {
  std::vector<TimelineEvent> out;
  const auto rows = state_.database().query(
      fmt::format(
          "SELECT {} FROM incidents_timeline WHERE account = ? AND region = ? AND incident_arn = ? ORDER BY event_ns, recorded_ns, id",
          timeline_columns),
      {scope.account, scope.region, incident_arn});
  for (const auto& row : rows) out.push_back(event_of(row));
  return out;
}

void IncidentStore::add_related(const Incident& i, const RelatedItem& item) {
  const auto last =
      state_.database().query_one("SELECT MAX(position) FROM incidents_related WHERE account = ? AND region = ? AND incident_arn = ?",
                                  {i.scope.account, i.scope.region, i.arn});
  state_.database().execute(
      "INSERT INTO incidents_related (account, region, incident_arn, id, position, type, value, title) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      {i.scope.account, i.scope.region, i.arn, item.id, last ? last->integer(0) + 1 : 1, item.type, item.value, item.title});
}

void IncidentStore::remove_related(const Scope& scope, const std::string& incident_arn, const std::string& id) {
  state_.database().execute("DELETE FROM incidents_related WHERE account = ? AND region = ? AND incident_arn = ? AND id = ?",
                            {scope.account, scope.region, incident_arn, id});
}

std::vector<RelatedItem> IncidentStore::related(const Scope& scope, const std::string& incident_arn) {
  std::vector<RelatedItem> out;
  const auto rows = state_.database().query(
      "SELECT id, type, value, title FROM incidents_related WHERE account = ? AND region = ? AND incident_arn = ? ORDER BY position",
      {scope.account, scope.region, incident_arn});
  for (const auto& row : rows) out.push_back({row.text(0), row.text(1), row.document(2), row.text(3)});
  return out;
}

void IncidentStore::add_evidence(const Incident& i, const Evidence& e) {
  state_.database().execute(
      "INSERT INTO incidents_evidence (account, region, incident_arn, id, kind, title, summary, query, result, resource, happened_ns, "
      "gathered_ns) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {i.scope.account, i.scope.region, i.arn, e.id, e.kind, e.title, e.summary, e.query, e.result, e.resource, e.happened, e.gathered});
}

std::vector<Evidence> IncidentStore::evidence(const Scope& scope, const std::string& incident_arn) {
  std::vector<Evidence> out;
  const auto rows = state_.database().query(
      "SELECT id, kind, title, summary, query, result, resource, happened_ns, gathered_ns FROM incidents_evidence WHERE account = ? AND "
      "region = ? "
      "AND incident_arn = ? ORDER BY gathered_ns, id",
      {scope.account, scope.region, incident_arn});
  for (const auto& row : rows) out.push_back(evidence_of(row));
  return out;
}

void IncidentStore::link(const Incident& i, const std::string& link) {
  if (link.empty()) return;
  state_.database().execute(
      "INSERT INTO incidents_links (account, region, link, incident_arn, state) VALUES (?, ?, ?, ?, '') ON CONFLICT DO NOTHING",
      {i.scope.account, i.scope.region, link, i.arn});
}

std::vector<Incident> IncidentStore::open_linked(const Scope& scope, const std::vector<std::string>& links) {
  std::vector<Incident> out;
  for (const std::string& link : links) {
    // one after another and not joined: a join may be begun at all that is open
    for (const auto& row : state_.database().query("SELECT incident_arn FROM incidents_links WHERE account = ? AND region = ? AND link = ?",
                                                   {scope.account, scope.region, link})) {
      const std::string& arn = row.text(0);
      if (std::ranges::any_of(out, [&](const Incident& other) { return other.arn == arn; })) continue;
      const auto record = state_.database().query_one(
          "SELECT record FROM incidents_records WHERE account = ? AND region = ? AND arn = ? AND status = 'OPEN'",
          {scope.account, scope.region, arn});
      if (record) out.push_back(incident_from(record->document(0)));
    }
  }
  return out;
}

void IncidentStore::set_link_state(const Incident& i, const std::string& link, const std::string& alarm_state) {
  state_.database().execute("UPDATE incidents_links SET state = ? WHERE account = ? AND region = ? AND link = ? AND incident_arn = ?",
                            {alarm_state, i.scope.account, i.scope.region, link, i.arn});
}

bool IncidentStore::any_link_in(const Incident& i, const std::string& alarm_state) {
  return state_.database()
      .query_one("SELECT link FROM incidents_links WHERE incident_arn = ? AND state = ? AND account = ? AND region = ? LIMIT 1",
                 {i.arn, alarm_state, i.scope.account, i.scope.region})
      .has_value();
}

void IncidentStore::await(const Incident& i, const std::string& what) {
  state_.database().execute("INSERT INTO incidents_awaited (account, region, incident_arn, what) VALUES (?, ?, ?, ?)",
                            {i.scope.account, i.scope.region, i.arn, what});
}

bool IncidentStore::settle(const Scope& scope, const std::string& incident_arn, const std::string& what) {
  return state_.database().execute("DELETE FROM incidents_awaited WHERE account = ? AND region = ? AND incident_arn = ? AND what = ?",
                                   {scope.account, scope.region, incident_arn, what}) > 0;
}

bool IncidentStore::awaits_evidence(const Scope& scope, const std::string& incident_arn) {
  return state_.database()
      .query_one("SELECT what FROM incidents_awaited WHERE account = ? AND region = ? AND incident_arn = ? AND what <> '' LIMIT 1",
                 {scope.account, scope.region, incident_arn})
      .has_value();
}

std::vector<IncidentStore::Awaited> IncidentStore::awaited() {
  std::vector<Awaited> out;
  for (const auto& row : state_.database().query("SELECT account, region, incident_arn, what FROM incidents_awaited"))
    out.push_back({{row.text(0), row.text(1)}, row.text(2), row.text(3)});
  return out;
}

std::optional<std::string> IncidentStore::outcome_of(const Scope& scope, const std::string& operation, const std::string& token) {
  if (token.empty()) return std::nullopt;
  const auto row =
      state_.database().query_one("SELECT outcome FROM incidents_tokens WHERE account = ? AND region = ? AND operation = ? AND token = ?",
                                  {scope.account, scope.region, operation, token});
  return row ? std::optional(row->text(0)) : std::nullopt;
}

void IncidentStore::record_outcome(const Scope& scope, const std::string& operation, const std::string& token, const std::string& outcome) {
  if (token.empty()) return;
  state_.database().execute(
      "INSERT INTO incidents_tokens (account, region, operation, token, outcome) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
      {scope.account, scope.region, operation, token, outcome});
}

}  // namespace tocsin::incidents
