#include "telemetry/logs/settings/log_settings.h"

#include <boost/json.hpp>

namespace tocsin::telemetry {
namespace {

const std::vector<storage::Migration> migrations = {
    {1,
     R"(CREATE TABLE logs_settings (kind TEXT NOT NULL, account TEXT NOT NULL, region TEXT NOT NULL, owner TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL,
                                    PRIMARY KEY (kind, account, region, owner, name)))"},
};

LogSetting to_setting(const storage::Row& row) { return {{row.text(0), row.text(1)}, row.text(2), row.text(3), row.document(4)}; }

}  // namespace

Result<void> LogSettings::migrate() { return state_.database().migrate("logs_settings", migrations); }

void LogSettings::changed() {
  state_.after_commit([this] { ++generation_; });
}

void LogSettings::put(std::string_view kind, const LogSetting& setting) {
  state_.database().execute(
      "INSERT INTO logs_settings (kind, account, region, owner, name, body) VALUES (?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (kind, account, region, owner, name) DO UPDATE SET body = excluded.body",
      {kind, setting.scope.account, setting.scope.region, setting.owner, setting.name, setting.body});
  changed();
}

std::optional<Document> LogSettings::get(std::string_view kind, const Scope& scope, std::string_view owner, std::string_view name) {
  const auto row =
      state_.database().query_one("SELECT body FROM logs_settings WHERE kind = ? AND account = ? AND region = ? AND owner = ? AND name = ?",
                                  {kind, scope.account, scope.region, owner, name});
  if (!row) return std::nullopt;
  return row->document(0);
}

bool LogSettings::remove(std::string_view kind, const Scope& scope, std::string_view owner, std::string_view name) {
  const auto removed =
      state_.database().execute("DELETE FROM logs_settings WHERE kind = ? AND account = ? AND region = ? AND owner = ? AND name = ?",
                                {kind, scope.account, scope.region, owner, name});
  if (removed > 0) changed();
  return removed > 0;
}

std::vector<LogSetting> LogSettings::list(std::string_view kind, const Scope& scope, const Query& query) {
  std::string sql =
      "SELECT account, region, owner, name, body FROM logs_settings WHERE kind = ? AND account = ? AND region = ? "
      "AND (name > ? OR (name = ? AND owner > ?)) AND substr(name, 1, ?) = ?";
  std::vector<storage::Parameter> parameters = {
      kind, scope.account, scope.region, query.after_name, query.after_name, query.after_owner, query.prefix.size(), query.prefix};
  if (query.owner) {
    sql += " AND owner = ?";
    parameters.emplace_back(*query.owner);
  }
  parameters.emplace_back(query.count_max);
  std::vector<LogSetting> found;
  for (const storage::Row& row : state_.database().query(sql + " ORDER BY name, owner LIMIT ?", parameters))
    found.push_back(to_setting(row));
  return found;
}

std::vector<LogSetting> LogSettings::all(std::string_view kind) {
  std::vector<LogSetting> found;
  for (const storage::Row& row : state_.database().query(
           "SELECT account, region, owner, name, body FROM logs_settings WHERE kind = ? ORDER BY account, region, owner, name", {kind}))
    found.push_back(to_setting(row));
  return found;
}

std::int64_t LogSettings::count(std::string_view kind, const Scope& scope, std::string_view owner) {
  const auto row =
      state_.database().query_one("SELECT COUNT(*) FROM logs_settings WHERE kind = ? AND account = ? AND region = ? AND owner = ?",
                                  {kind, scope.account, scope.region, owner});
  return row ? row->integer(0) : 0;
}

void LogSettings::remove_owned(const Scope& scope, std::string_view owner) {
  for (const std::string_view kind :
       {log_setting::metric_filter, log_setting::subscription_filter, log_setting::transformer, log_setting::data_protection,
        log_setting::index_policy, log_setting::group_attributes, log_setting::syslog})
    if (state_.database().execute("DELETE FROM logs_settings WHERE kind = ? AND account = ? AND region = ? AND owner = ?",
                                  {kind, scope.account, scope.region, owner}) > 0)
      changed();
}

}  // namespace tocsin::telemetry
