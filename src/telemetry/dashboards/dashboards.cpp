#include "telemetry/dashboards/dashboards.h"

namespace tocsin::telemetry {
namespace {

const std::vector<storage::Migration> migrations = {
    {1, R"(CREATE TABLE dashboards_dashboards (account TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL, modified BIGINT NOT NULL,
             PRIMARY KEY (account, name));
           CREATE TABLE dashboards_definitions (account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL, path TEXT NOT NULL,
             expression TEXT NOT NULL, type TEXT NOT NULL, created BIGINT NOT NULL, updated BIGINT NOT NULL, PRIMARY KEY (account, region, id));
           CREATE UNIQUE INDEX dashboards_definitions_path ON dashboards_definitions (account, region, path);)"},
};

Dashboard dashboard_of(const storage::Row& row) {
  return {.account = row.text(0), .name = row.text(1), .body = row.text(2), .modified = instant_from_ns(row.integer(3))};
}

}  // namespace

std::string Dashboard::arn() const { return "arn:aws:cloudwatch::" + account + ":dashboard/" + name; }

Result<void> Dashboards::migrate() { return database_.migrate("dashboards", migrations); }

bool Dashboards::put(const Dashboard& dashboard) {
  const bool is_new = !find(dashboard.account, dashboard.name);
  database_.execute(
      "INSERT INTO dashboards_dashboards (account, name, body, modified) VALUES (?, ?, ?, ?) "
      "ON CONFLICT (account, name) DO UPDATE SET body = excluded.body, modified = excluded.modified",
      {dashboard.account, dashboard.name, dashboard.body, to_ns(dashboard.modified)});
  return is_new;
}

std::optional<Dashboard> Dashboards::find(const std::string& account, const std::string& name) {
  const auto row = database_.query_one("SELECT account, name, body, modified FROM dashboards_dashboards WHERE account = ? AND name = ?",
                                       {account, name});
  return row ? std::optional(dashboard_of(*row)) : std::nullopt;
}

std::vector<Dashboard> Dashboards::list(const std::string& account, const std::string& prefix, const std::string& after,
                                        std::size_t count_max) {
  std::vector<Dashboard> found;
  // names are ASCII, so what begins with the prefix stands together
  for (const storage::Row& row : database_.query("SELECT account, name, body, modified FROM dashboards_dashboards WHERE account = ? AND "
                                                 "name >= ? AND name > ? ORDER BY name LIMIT ?",
                                                 {account, prefix, after, static_cast<std::int64_t>(count_max)})) {
    Dashboard dashboard = dashboard_of(row);
    if (!dashboard.name.starts_with(prefix)) break;
    found.push_back(std::move(dashboard));
  }
  return found;
}

void Dashboards::remove(const std::string& account, const std::string& name) {
  database_.execute("DELETE FROM dashboards_dashboards WHERE account = ? AND name = ?", {account, name});
}

}  // namespace tocsin::telemetry
