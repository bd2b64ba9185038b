#include "detect/anomalies/detector_store.h"

namespace tocsin::detect {
namespace {

const std::vector<storage::Migration> migrations = {
    {1,
     R"(CREATE TABLE anomalies_detectors (account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL, identity TEXT NOT NULL, definition TEXT NOT NULL,
             period_s BIGINT NOT NULL, created BIGINT NOT NULL, scored_to BIGINT NOT NULL, PRIMARY KEY (account, region, id));
        CREATE UNIQUE INDEX anomalies_detectors_identity ON anomalies_detectors (account, region, identity);
        CREATE TABLE anomalies_learned (account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL, period_s BIGINT NOT NULL,
             learned_to BIGINT NOT NULL, state TEXT NOT NULL, PRIMARY KEY (account, region, id, period_s));)"},
};

DetectorRecord record_of(const storage::Row& row) {
  return {.scope = {row.text(0), row.text(1)},
          .id = row.text(2),
          .identity = row.text(3),
          .definition = row.document(4),
          .period_s = row.integer(5),
          .created = row.instant(6),
          .scored_to = row.instant(7)};
}

std::vector<DetectorRecord> records_of(const storage::Rows& rows) {
  std::vector<DetectorRecord> records;
  for (const storage::Row& row : rows) records.push_back(record_of(row));
  return records;
}

}  // namespace

Result<void> DetectorStore::migrate() { return database_.migrate("anomalies", migrations); }

void DetectorStore::put(const DetectorRecord& detector) {
  database_.execute("DELETE FROM anomalies_detectors WHERE account = ? AND region = ? AND id = ?",
                    {detector.scope.account, detector.scope.region, detector.id});
  database_.execute(
      "INSERT INTO anomalies_detectors (account, region, id, identity, definition, period_s, created, scored_to) VALUES (?, ?, ?, ?, ?, ?, "
      "?, ?)",
      {detector.scope.account, detector.scope.region, detector.id, detector.identity, detector.definition, detector.period_s,
       detector.created, detector.scored_to});
}

void DetectorStore::put_scored_to(const DetectorRecord& detector, Instant scored_to) {
  database_.execute("UPDATE anomalies_detectors SET scored_to = ? WHERE account = ? AND region = ? AND id = ?",
                    {scored_to, detector.scope.account, detector.scope.region, detector.id});
}

void DetectorStore::remove(const DetectorRecord& detector) {
  forget_learned(detector);
  database_.execute("DELETE FROM anomalies_detectors WHERE account = ? AND region = ? AND id = ?",
                    {detector.scope.account, detector.scope.region, detector.id});
}

std::optional<DetectorRecord> DetectorStore::find(const Scope& scope, const std::string& id) {
  const auto row = database_.query_one(
      "SELECT account, region, id, identity, definition, period_s, created, scored_to FROM anomalies_detectors WHERE account = ? AND "
      "region = ? AND "
      "id = ?",
      {scope.account, scope.region, id});
  return row ? std::optional(record_of(*row)) : std::nullopt;
}

std::optional<DetectorRecord> DetectorStore::find_identity(const Scope& scope, const std::string& identity) {
  const auto row = database_.query_one(
      "SELECT account, region, id, identity, definition, period_s, created, scored_to FROM anomalies_detectors WHERE account = ? AND "
      "region = ? AND "
      "identity = ?",
      {scope.account, scope.region, identity});
  return row ? std::optional(record_of(*row)) : std::nullopt;
}

std::vector<DetectorRecord> DetectorStore::list(const Scope& scope, const std::string& after_id, std::size_t count_max) {
  return records_of(database_.query(
      "SELECT account, region, id, identity, definition, period_s, created, scored_to FROM anomalies_detectors WHERE account = ? AND "
      "region = ? AND "
      "id > ? ORDER BY id LIMIT ?",
      {scope.account, scope.region, after_id, count_max == 0 ? std::int64_t{1'000'000} : static_cast<std::int64_t>(count_max)}));
}

std::vector<DetectorRecord> DetectorStore::all() {
  return records_of(
      database_.query("SELECT account, region, id, identity, definition, period_s, created, scored_to FROM anomalies_detectors ORDER BY "
                      "account, region, id"));
}

std::size_t DetectorStore::count(const Scope& scope) {
  const auto row =
      database_.query_one("SELECT COUNT(*) FROM anomalies_detectors WHERE account = ? AND region = ?", {scope.account, scope.region});
  return row ? static_cast<std::size_t>(row->integer(0)) : 0;
}

void DetectorStore::put_learned(const DetectorRecord& detector, std::int64_t period_s, const LearnedState& learned) {
  database_.execute("DELETE FROM anomalies_learned WHERE account = ? AND region = ? AND id = ? AND period_s = ?",
                    {detector.scope.account, detector.scope.region, detector.id, period_s});
  database_.execute("INSERT INTO anomalies_learned (account, region, id, period_s, learned_to, state) VALUES (?, ?, ?, ?, ?, ?)",
                    {detector.scope.account, detector.scope.region, detector.id, period_s, learned.learned_to, learned.learner.to_bytes()});
}

std::optional<LearnedState> DetectorStore::learned(const DetectorRecord& detector, std::int64_t period_s) {
  const auto row =
      database_.query_one("SELECT learned_to, state FROM anomalies_learned WHERE account = ? AND region = ? AND id = ? AND period_s = ?",
                          {detector.scope.account, detector.scope.region, detector.id, period_s});
  if (!row) return std::nullopt;
  auto learner = AnomalyLearner::from_bytes(row->text(1));
  return learner ? std::optional(LearnedState{*learner, row->instant(0)}) : std::nullopt;
}

void DetectorStore::forget_learned(const DetectorRecord& detector) {
  database_.execute("DELETE FROM anomalies_learned WHERE account = ? AND region = ? AND id = ?",
                    {detector.scope.account, detector.scope.region, detector.id});
}

}  // namespace tocsin::detect
