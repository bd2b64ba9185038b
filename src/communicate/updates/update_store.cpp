#include "communicate/updates/update_store.h"

#include <boost/json.hpp>

namespace tocsin::updates {
namespace {

const std::vector<storage::Migration> migrations = {{1, R"sql(
CREATE TABLE updates_components (account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, id TEXT NOT NULL, status INTEGER NOT NULL,
  created_ns BIGINT NOT NULL, updated_ns BIGINT NOT NULL, PRIMARY KEY (account, region, name));
CREATE TABLE updates_incidents (account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL, incident_arn TEXT NOT NULL, open INTEGER NOT NULL,
  created_ns BIGINT NOT NULL, record TEXT NOT NULL, PRIMARY KEY (account, region, id));
CREATE INDEX updates_incidents_arn ON updates_incidents (account, region, incident_arn);
CREATE TABLE updates_posts (account TEXT NOT NULL, region TEXT NOT NULL, incident_id TEXT NOT NULL, position INTEGER NOT NULL, id TEXT NOT NULL,
  state TEXT NOT NULL, body TEXT NOT NULL, posted_ns BIGINT NOT NULL, next_due_ns BIGINT, PRIMARY KEY (account, region, incident_id, position));
CREATE TABLE updates_maintenances (account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL,
  from_ns BIGINT NOT NULL, to_ns BIGINT NOT NULL, components TEXT NOT NULL, PRIMARY KEY (account, region, id));
)sql"}};

Array texts(const std::vector<std::string>& values) {
  Array out;
  for (const auto& value : values) out.emplace_back(value);
  return out;
}

std::vector<std::string> texts_of(const Document& document) {
  std::vector<std::string> out;
  if (const Array* values = document.if_array())
    for (const Document& value : *values) out.emplace_back(value.as_string());
  return out;
}

Component component_of(const storage::Row& row) {
  return {row.text(0), row.text(1), static_cast<ComponentStatus>(row.integer(2)), row.instant(3), row.instant(4)};
}

void put_time(Object& out, std::string_view key, const std::optional<Instant>& at) {
  if (at) out[key] = to_ns(*at);
}

std::optional<Instant> time_at(const Document& record, std::string_view key) {
  const auto ns = integer_at(record, key);
  return ns ? std::optional(instant_from_ns(*ns)) : std::nullopt;
}

Document record_of(const PublicIncident& i) {
  Object out{{"id", i.id},
             {"incidentArn", i.incident_arn},
             {"name", i.name},
             {"impact", static_cast<int>(i.impact)},
             {"state", incidents::to_text(i.state)},
             {"components", texts(i.components)},
             {"who", i.who},
             {"symptom", i.symptom},
             {"started", to_ns(i.started)},
             {"created", to_ns(i.created)},
             {"updated", to_ns(i.updated)}};
  put_time(out, "identified", i.identified);
  put_time(out, "monitoring", i.monitoring);
  put_time(out, "resolved", i.resolved);
  return out;
}

PublicIncident incident_of(const Document& record) {
  PublicIncident out{.id = text_or(record, "id"), .incident_arn = text_or(record, "incidentArn"), .name = text_or(record, "name")};
  out.impact = static_cast<PublicImpact>(integer_or(record, "impact", 0));
  out.state = incidents::customer_state_from(text_or(record, "state")).value_or(incidents::CustomerState::investigating);
  if (const Document* components = find(record, "components")) out.components = texts_of(*components);
  out.who = text_or(record, "who");
  out.symptom = text_or(record, "symptom");
  out.started = instant_from_ns(integer_or(record, "started", 0));
  out.created = instant_from_ns(integer_or(record, "created", 0));
  out.updated = instant_from_ns(integer_or(record, "updated", 0));
  out.identified = time_at(record, "identified");
  out.monitoring = time_at(record, "monitoring");
  out.resolved = time_at(record, "resolved");
  return out;
}

}  // namespace

Result<void> UpdateStore::migrate() { return state_.database().migrate("updates", migrations); }

void UpdateStore::put(const Scope& scope, const Component& c) {
  state_.database().execute(
      "INSERT INTO updates_components (account, region, name, id, status, created_ns, updated_ns) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT "
      "(account, region, name) DO UPDATE SET status = excluded.status, updated_ns = excluded.updated_ns",
      {scope.account, scope.region, c.name, c.id, static_cast<int>(c.status), c.created, c.updated});
}

std::optional<Component> UpdateStore::component(const Scope& scope, const std::string& name) {
  const auto row = state_.database().query_one(
      "SELECT id, name, status, created_ns, updated_ns FROM updates_components WHERE account = ? AND region = ? AND name = ?",
      {scope.account, scope.region, name});
  return row ? std::optional(component_of(*row)) : std::nullopt;
}

std::vector<Component> UpdateStore::components(const Scope& scope) {
  std::vector<Component> out;
  for (const auto& row : state_.database().query(
           "SELECT id, name, status, created_ns, updated_ns FROM updates_components WHERE account = ? AND region = ? ORDER BY name",
           {scope.account, scope.region}))
    out.push_back(component_of(row));
  return out;
}

void UpdateStore::put(const Scope& scope, const PublicIncident& i) {
  state_.database().execute(
      "INSERT INTO updates_incidents (account, region, id, incident_arn, open, created_ns, record) VALUES (?, ?, ?, ?, ?, ?, ?) ON "
      "CONFLICT "
      "(account, region, id) DO UPDATE SET open = excluded.open, record = excluded.record",
      {scope.account, scope.region, i.id, i.incident_arn, !i.resolved, i.created, record_of(i)});
}

void UpdateStore::add_post(const Scope& scope, const std::string& public_id, const Post& post) {
  const auto last =
      state_.database().query_one("SELECT MAX(position) FROM updates_posts WHERE account = ? AND region = ? AND incident_id = ?",
                                  {scope.account, scope.region, public_id});
  state_.database().execute(
      "INSERT INTO updates_posts (account, region, incident_id, position, id, state, body, posted_ns, next_due_ns) VALUES (?, ?, ?, ?, ?, "
      "?, ?, ?, ?)",
      {scope.account, scope.region, public_id, last ? last->integer(0) + 1 : 1, post.id, incidents::to_text(post.state), post.body,
       post.posted, post.next_due});
}

PublicIncident UpdateStore::with_posts(const Scope& scope, PublicIncident incident) {
  for (const auto& row : state_.database().query("SELECT id, state, body, posted_ns, next_due_ns FROM updates_posts WHERE account = ? AND "
                                                 "region = ? AND incident_id = ? ORDER BY "
                                                 "position DESC",
                                                 {scope.account, scope.region, incident.id})) {
    Post post{row.text(0),
              incidents::customer_state_from(row.text(1)).value_or(incidents::CustomerState::investigating),
              row.text(2),
              row.instant(3),
              {}};
    if (!row.is_null(4)) post.next_due = row.instant(4);
    incident.posts.push_back(std::move(post));
  }
  return incident;
}

std::optional<PublicIncident> UpdateStore::find(const Scope& scope, const std::string& public_id) {
  const auto row = state_.database().query_one("SELECT record FROM updates_incidents WHERE account = ? AND region = ? AND id = ?",
                                               {scope.account, scope.region, public_id});
  return row ? std::optional(with_posts(scope, incident_of(row->document(0)))) : std::nullopt;
}

std::optional<PublicIncident> UpdateStore::of_incident(const Scope& scope, const std::string& incident_arn) {
  const auto row = state_.database().query_one("SELECT record FROM updates_incidents WHERE account = ? AND region = ? AND incident_arn = ?",
                                               {scope.account, scope.region, incident_arn});
  return row ? std::optional(with_posts(scope, incident_of(row->document(0)))) : std::nullopt;
}

std::vector<PublicIncident> UpdateStore::recent(const Scope& scope, std::size_t count_max) {
  std::vector<PublicIncident> out;
  for (const auto& row : state_.database().query(
           "SELECT record FROM updates_incidents WHERE account = ? AND region = ? ORDER BY open DESC, created_ns DESC, id LIMIT ?",
           {scope.account, scope.region, count_max}))
    out.push_back(with_posts(scope, incident_of(row.document(0))));
  return out;
}

void UpdateStore::put(const Scope& scope, const Maintenance& m) {
  state_.database().execute(
      "INSERT INTO updates_maintenances (account, region, id, name, body, from_ns, to_ns, components) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON "
      "CONFLICT "
      "(account, region, id) DO UPDATE SET name = excluded.name, body = excluded.body, from_ns = excluded.from_ns, to_ns = excluded.to_ns, "
      "components = excluded.components",
      {scope.account, scope.region, m.id, m.name, m.body, m.from, m.to, Document(texts(m.components))});
}

std::vector<Maintenance> UpdateStore::maintenances(const Scope& scope) {
  std::vector<Maintenance> out;
  for (const auto& row : state_.database().query("SELECT id, name, body, from_ns, to_ns, components FROM updates_maintenances WHERE "
                                                 "account = ? AND region = ? ORDER BY from_ns, id",
                                                 {scope.account, scope.region}))
    out.push_back({row.text(0), row.text(1), row.text(2), row.instant(3), row.instant(4), texts_of(row.document(5))});
  return out;
}

}  // namespace tocsin::updates
