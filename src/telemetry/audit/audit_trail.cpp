#include "telemetry/audit/audit_trail.h"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

namespace tocsin::telemetry {
namespace {

constexpr std::size_t appends_between_trims = 4096;
// more than is appended meanwhile, and little enough to keep nobody waiting
constexpr std::size_t trimmed_at_once_max = 2 * appends_between_trims;
constexpr const char* columns =
    "r.account, r.region, r.event_time, r.event_id, r.event_name, r.event_source, r.read_only, r.username, r.actor_arn, r.access_key_id, "
    "r.error_code, r.resources, r.record";

struct Position {
  std::int64_t time_ns;
  std::string event_id;
};

// TIME:EVENT-ID
std::optional<Position> read_position(const std::string& text) {
  Position out{};
  const auto colon = text.find(':');
  if (colon == std::string::npos) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + colon, out.time_ns);
  if (error != std::errc() || end != text.data() + colon) return std::nullopt;
  out.event_id = text.substr(colon + 1);
  return out;
}

Document to_document(const std::vector<AuditResource>& resources) {
  Array out;
  for (const AuditResource& resource : resources) out.push_back(Array{Document(resource.type), Document(resource.arn)});
  return out;
}

std::vector<AuditResource> resources_in(const Document& document) {
  std::vector<AuditResource> out;
  if (document.is_array())
    for (const Document& resource : document.as_array())
      out.push_back({std::string(resource.as_array()[0].as_string()), std::string(resource.as_array()[1].as_string())});
  return out;
}

AuditRecord read(const storage::Row& row) {
  AuditRecord out{.scope = {row.text(0), row.text(1)},
                  .event_id = row.text(3),
                  .event_time = row.instant(2),
                  .event_name = row.text(4),
                  .event_source = row.text(5),
                  .read_only = row.truth(6),
                  .username = row.text(7),
                  .actor_arn = row.text(8),
                  .access_key_id = row.text(9),
                  .error_code = row.text(10)};
  out.resources = resources_in(row.document(11));
  out.record = row.document(12);
  return out;
}

/// A statement's text and its parameters, growing together.
struct Query {
  std::string sql;
  std::vector<storage::Parameter> parameters;

  void add(const char* text, storage::Parameter parameter) {
    sql += text;
    parameters.push_back(std::move(parameter));
  }
};

/// Of calls that change something, those whose resources hold this piece of text, as it is written.
void add_resources(Query& query, std::string piece) {
  query.add(" AND r.read_only = 0 AND replace(r.resources, ?, '') <> r.resources", std::move(piece));
}

void add_attribute(Query& query, AuditAttribute attribute, const std::string& value) {
  switch (attribute) {
    case AuditAttribute::event_id:
      return query.add(" AND r.event_id = ?", value);
    case AuditAttribute::event_name:
      return query.add(" AND r.event_name = ?", value);
    case AuditAttribute::read_only:
      return query.add(" AND r.read_only = ?", value == "true");
    case AuditAttribute::username:
      return query.add(" AND r.username = ?", value);
    case AuditAttribute::event_source:
      return query.add(" AND r.event_source = ?", value);
    case AuditAttribute::access_key_id:
      return query.add(" AND r.access_key_id = ?", value);
    case AuditAttribute::resource_type:
      return add_resources(query, '[' + to_json(Document(value)) + ',');
    case AuditAttribute::resource_name:
      query.add(
          " AND r.sequence IN (SELECT n.sequence FROM audit_named n WHERE n.account = r.account AND n.region = r.region AND n.name = ?)",
          short_name(value));
      if (short_name(value) != value) add_resources(query, ',' + to_json(Document(value)) + ']');
  }
}

}  // namespace

std::string short_name(const std::string& arn) {
  const auto separator = arn.find_last_of(":/");
  return separator == std::string::npos ? arn : arn.substr(separator + 1);
}

Result<void> AuditTrail::migrate() {
  return state_.database().migrate("audit", {{1, R"(
    CREATE TABLE audit_records (
      account TEXT NOT NULL, region TEXT NOT NULL, event_time INTEGER NOT NULL, event_id TEXT NOT NULL, event_name TEXT NOT NULL,
      event_source TEXT NOT NULL, read_only INTEGER NOT NULL, username TEXT NOT NULL, actor_arn TEXT NOT NULL, access_key_id TEXT NOT NULL,
      error_code TEXT NOT NULL, resources TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY (account, region, event_time, event_id));
    CREATE INDEX audit_records_by_id ON audit_records (event_id);
    CREATE INDEX audit_records_by_name ON audit_records (account, region, event_name, event_time);
    CREATE INDEX audit_records_by_time ON audit_records (event_time);
    CREATE INDEX audit_records_changes ON audit_records (account, region, event_time) WHERE read_only = 0;
    CREATE TABLE audit_resources (
      account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, arn TEXT NOT NULL, type TEXT NOT NULL, event_id TEXT NOT NULL,
      event_time INTEGER NOT NULL);
    CREATE INDEX audit_resources_by_name ON audit_resources (account, region, name);
    CREATE INDEX audit_resources_by_arn ON audit_resources (account, region, arn);
    CREATE INDEX audit_resources_by_event ON audit_resources (event_id);
    CREATE INDEX audit_resources_by_time ON audit_resources (event_time);
  )"},
                                             // eleven trees were written for each call; these are four, whose ends alone change
                                             {2, R"(
    CREATE TABLE audit_calls (
      sequence INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, event_time BIGINT NOT NULL, event_id TEXT NOT NULL,
      event_name TEXT NOT NULL, event_source TEXT NOT NULL, read_only INTEGER NOT NULL, username TEXT NOT NULL, actor_arn TEXT NOT NULL,
      access_key_id TEXT NOT NULL, error_code TEXT NOT NULL, resources TEXT NOT NULL, record TEXT NOT NULL);
    INSERT INTO audit_calls SELECT ROW_NUMBER() OVER (ORDER BY event_time, event_id), account, region, event_time, event_id, event_name,
      event_source, read_only, username, actor_arn, access_key_id, error_code, resources, record FROM audit_records
      ORDER BY event_time, event_id;
    CREATE INDEX audit_calls_by_time ON audit_calls (account, region, event_time, event_id, event_name, read_only);
    CREATE TABLE audit_named (account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, sequence BIGINT NOT NULL,
      PRIMARY KEY (account, region, name, sequence));
    INSERT INTO audit_named SELECT DISTINCT c.account, c.region, s.name, c.sequence FROM audit_resources s
      JOIN audit_calls c ON c.account = s.account AND c.region = s.region AND c.event_time = s.event_time AND c.event_id = s.event_id;
    DROP TABLE audit_resources;
    DROP TABLE audit_records;
  )"}});
}

std::int64_t AuditTrail::next_sequence() {
  if (last_sequence_ < 0) {
    const auto newest = state_.database().query_one("SELECT MAX(sequence) FROM audit_calls");
    // a poisoned unit reads nothing and is undone: its number must not be kept
    if (state_.database().poisoned()) return 0;
    last_sequence_ = newest ? newest->integer(0) : 0;
  }
  return ++last_sequence_;
}

void AuditTrail::append(const AuditRecord& record) {
  storage::Database& database = state_.database();
  const std::int64_t sequence = next_sequence();
  database.execute(
      "INSERT INTO audit_calls (sequence, account, region, event_time, event_id, event_name, event_source, read_only, username, actor_arn, "
      "access_key_id, error_code, resources, record) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {sequence, record.scope.account, record.scope.region, record.event_time, record.event_id, record.event_name, record.event_source,
       record.read_only, record.username, record.actor_arn, record.access_key_id, record.error_code, to_document(record.resources),
       record.record});
  if (!record.read_only)
    for (const AuditResource& resource : record.resources)
      database.execute("INSERT INTO audit_named (account, region, name, sequence) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                       {record.scope.account, record.scope.region, short_name(resource.arn), sequence});
  if (++appended_ % appends_between_trims == 0) trim();
}

AuditPage AuditTrail::lookup(const Scope& scope, const AuditLookup& lookup) {
  Query query{std::string("SELECT ") + columns + " FROM audit_calls r WHERE r.account = ? AND r.region = ?", {scope.account, scope.region}};
  if (lookup.from) query.add(" AND r.event_time >= ?", *lookup.from);
  if (lookup.to) query.add(" AND r.event_time <= ?", *lookup.to);
  if (const auto position = read_position(lookup.after)) {
    query.add(" AND (r.event_time < ?", position->time_ns);
    query.add(" OR (r.event_time = ?", position->time_ns);
    query.add(" AND r.event_id < ?))", position->event_id);
  }
  if (lookup.attribute) add_attribute(query, *lookup.attribute, lookup.value);
  query.add(" ORDER BY r.event_time DESC, r.event_id DESC LIMIT ?", lookup.count_max + 1);
  AuditPage page;
  for (const storage::Row& row : state_.database().query(query.sql, query.parameters)) page.records.push_back(read(row));
  if (page.records.size() <= lookup.count_max) return page;
  page.records.pop_back();
  if (!page.records.empty()) page.next = std::to_string(to_ns(page.records.back().event_time)) + ':' + page.records.back().event_id;
  return page;
}

std::vector<AuditRecord> AuditTrail::changes(const Scope& scope, Instant from, Instant to, std::size_t count_max) {
  std::vector<AuditRecord> out;
  for (const storage::Row& row : state_.database().query(
           std::string("SELECT ") + columns +
               " FROM audit_calls r WHERE r.account = ? AND r.region = ? AND r.read_only = 0 AND r.event_time >= ? AND r.event_time < ? "
               "ORDER BY r.event_time DESC, r.event_id DESC LIMIT ?",
           {scope.account, scope.region, from, to, count_max}))
    out.push_back(read(row));
  std::reverse(out.begin(), out.end());
  return out;
}

/// What is removed is looked for where the oldest are; a record whose time is wrong holds up nothing.
void AuditTrail::trim() {
  storage::Database& database = state_.database();
  const Instant keep_from = state_.now() - settings_.retention;
  const auto newest = database.query_one("SELECT MAX(sequence) FROM audit_calls");
  const std::int64_t beyond = (newest ? newest->integer(0) : 0) - static_cast<std::int64_t>(settings_.rows_max);
  for (const storage::Row& row : database.query(
           "SELECT sequence, event_time, account, region, resources FROM audit_calls ORDER BY sequence LIMIT ?", {trimmed_at_once_max})) {
    if (row.integer(0) > beyond && row.instant(1) >= keep_from) continue;
    for (const AuditResource& resource : resources_in(row.document(4)))
      database.execute("DELETE FROM audit_named WHERE account = ? AND region = ? AND name = ? AND sequence = ?",
                       {row.text(2), row.text(3), short_name(resource.arn), row.integer(0)});
    database.execute("DELETE FROM audit_calls WHERE sequence = ?", {row.integer(0)});
  }
}

}  // namespace tocsin::telemetry
