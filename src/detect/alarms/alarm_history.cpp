// The rows of history, evidence, composites' children and tags.
#include "detect/alarms/alarm_store.h"

namespace tocsin::detect {

std::int64_t AlarmStore::add_history(const Scope& scope, const HistoryItem& item) {
  const auto newest =
      database_.query_one("SELECT MAX(sequence) FROM alarms_history WHERE account = ? AND region = ?", {scope.account, scope.region});
  const std::int64_t sequence = (newest ? newest->integer(0) : 0) + 1;
  database_.execute(
      "INSERT INTO alarms_history (account, region, sequence, alarm_name, kind, time, type, summary, data, contributor_id, "
      "contributor_attributes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {scope.account, scope.region, sequence, item.alarm_name, to_text(item.kind), item.time, item.type, item.summary, item.data,
       item.contributor_id, item.contributor_attributes});
  return sequence;
}

std::vector<HistoryItem> AlarmStore::history(const Scope& scope, const HistoryFilter& filter) {
  std::string sql =
      "SELECT sequence, alarm_name, kind, time, type, summary, data, contributor_id, contributor_attributes FROM alarms_history WHERE "
      "account = ? AND region = ?";
  std::vector<storage::Parameter> parameters = {scope.account, scope.region};
  const auto add = [&](const char* condition, storage::Parameter parameter) {
    sql += condition;
    parameters.push_back(std::move(parameter));
  };
  if (!filter.alarm_name.empty()) add(" AND alarm_name = ?", filter.alarm_name);
  if (!filter.contributor_id.empty()) add(" AND contributor_id = ?", filter.contributor_id);
  if (!filter.type.empty()) add(" AND type = ?", filter.type);
  if (!filter.kinds.empty()) {
    std::string places;
    for (const AlarmKind kind : filter.kinds) {
      places += places.empty() ? "?" : ", ?";
      parameters.emplace_back(to_text(kind));
    }
    sql += " AND kind IN (" + places + ")";
  }
  if (filter.from) add(" AND time >= ?", *filter.from);
  if (filter.to) add(" AND time <= ?", *filter.to);
  if (filter.after_sequence) add(filter.oldest_first ? " AND sequence > ?" : " AND sequence < ?", *filter.after_sequence);
  add(filter.oldest_first ? " ORDER BY sequence LIMIT ?" : " ORDER BY sequence DESC LIMIT ?", filter.count_max + 1);
  std::vector<HistoryItem> items;
  for (const storage::Row& row : database_.query(sql, parameters))
    items.push_back({row.integer(0), row.text(1), alarm_kind_of(row.text(2)), row.instant(3), row.text(4), row.text(5), row.text(6),
                     row.text(7), row.text(8)});
  return items;
}

void AlarmStore::put_evidence(const Scope& scope, std::int64_t sequence, const std::string& alarm_name, Instant window_end,
                              const Document& datapoints) {
  database_.execute("INSERT INTO alarms_evidence (account, region, sequence, alarm_name, window_end, datapoints) VALUES (?, ?, ?, ?, ?, ?)",
                    {scope.account, scope.region, sequence, alarm_name, window_end, datapoints});
}

std::optional<Document> AlarmStore::evidence(const Scope& scope, std::int64_t sequence) {
  const auto row = database_.query_one("SELECT datapoints FROM alarms_evidence WHERE account = ? AND region = ? AND sequence = ?",
                                       {scope.account, scope.region, sequence});
  if (!row) return std::nullopt;
  return row->document(0);
}

void AlarmStore::trim(Instant history_before, Instant evidence_before) {
  for (const storage::Row& row :
       database_.query("SELECT account, region, MAX(sequence) FROM alarms_history GROUP BY account, region", {})) {
    const auto first =
        database_.query_one("SELECT sequence FROM alarms_history WHERE account = ? AND region = ? AND time >= ? ORDER BY sequence LIMIT 1",
                            {row.text(0), row.text(1), history_before});
    // the newest item stays, so that no sequence number is given twice
    database_.execute("DELETE FROM alarms_history WHERE account = ? AND region = ? AND sequence < ?",
                      {row.text(0), row.text(1), first ? first->integer(0) : row.integer(2)});
  }
  database_.execute("DELETE FROM alarms_evidence WHERE window_end < ?", {evidence_before});
}

void AlarmStore::put_children(const Scope& scope, const std::string& parent, const std::vector<std::string>& children) {
  database_.execute("DELETE FROM alarms_children WHERE account = ? AND region = ? AND parent = ?", {scope.account, scope.region, parent});
  for (const std::string& child : std::set<std::string>(children.begin(), children.end()))
    database_.execute("INSERT INTO alarms_children (account, region, parent, child) VALUES (?, ?, ?, ?)",
                      {scope.account, scope.region, parent, child});
}

namespace {
std::vector<std::string> names_of(const storage::Rows& rows) {
  std::vector<std::string> names;
  for (const storage::Row& row : rows) names.push_back(row.text(0));
  return names;
}
}  // namespace

std::vector<std::string> AlarmStore::parents_of(const Scope& scope, const std::string& child) {
  return names_of(database_.query("SELECT parent FROM alarms_children WHERE account = ? AND region = ? AND child = ? ORDER BY parent",
                                  {scope.account, scope.region, child}));
}

std::vector<std::string> AlarmStore::children_of(const Scope& scope, const std::string& parent) {
  return names_of(database_.query("SELECT child FROM alarms_children WHERE account = ? AND region = ? AND parent = ? ORDER BY child",
                                  {scope.account, scope.region, parent}));
}

void AlarmStore::put_suppressor(const Scope& scope, const std::string& composite, const std::string& suppressor) {
  database_.execute("DELETE FROM alarms_suppressors WHERE account = ? AND region = ? AND composite = ?",
                    {scope.account, scope.region, composite});
  if (suppressor.empty()) return;
  database_.execute("INSERT INTO alarms_suppressors (account, region, composite, suppressor) VALUES (?, ?, ?, ?)",
                    {scope.account, scope.region, composite, suppressor});
}

std::string AlarmStore::suppressor_of(const Scope& scope, const std::string& composite) {
  const auto row = database_.query_one("SELECT suppressor FROM alarms_suppressors WHERE account = ? AND region = ? AND composite = ?",
                                       {scope.account, scope.region, composite});
  return row ? row->text(0) : std::string();
}

std::vector<std::string> AlarmStore::suppressed_by(const Scope& scope, const std::string& suppressor) {
  return names_of(
      database_.query("SELECT composite FROM alarms_suppressors WHERE account = ? AND region = ? AND suppressor = ? ORDER BY composite",
                      {scope.account, scope.region, suppressor}));
}

void AlarmStore::put_tags(const std::string& arn, const std::vector<std::pair<std::string, std::string>>& tags) {
  for (const auto& [key, value] : tags)
    database_.execute(
        "INSERT INTO alarms_tags (arn, tag_key, tag_value) VALUES (?, ?, ?) ON CONFLICT (arn, tag_key) DO UPDATE SET tag_value = "
        "excluded.tag_value",
        {arn, key, value});
}

void AlarmStore::remove_tags(const std::string& arn, const std::vector<std::string>& keys) {
  for (const std::string& key : keys) database_.execute("DELETE FROM alarms_tags WHERE arn = ? AND tag_key = ?", {arn, key});
}

void AlarmStore::remove_all_tags(const std::string& arn) { database_.execute("DELETE FROM alarms_tags WHERE arn = ?", {arn}); }

std::vector<std::pair<std::string, std::string>> AlarmStore::tags(const std::string& arn) {
  std::vector<std::pair<std::string, std::string>> tags;
  for (const storage::Row& row : database_.query("SELECT tag_key, tag_value FROM alarms_tags WHERE arn = ? ORDER BY tag_key", {arn}))
    tags.emplace_back(row.text(0), row.text(1));
  return tags;
}

}  // namespace tocsin::detect
