#include "diagnose/trace_map/trace_groups.h"

#include <algorithm>
#include <boost/json.hpp>

namespace tocsin::diagnose {
namespace {

const std::vector<storage::Migration> migrations = {{1, R"(
  CREATE TABLE trace_settings_items (account TEXT NOT NULL, region TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, document TEXT NOT NULL,
    PRIMARY KEY (account, region, kind, name));
)"}};

const char* to_text(TraceSetting kind) {
  switch (kind) {
    case TraceSetting::group:
      return "group";
    case TraceSetting::resource_policy:
      return "resource_policy";
    case TraceSetting::encryption:
      return "encryption";
    case TraceSetting::destination:
      return "destination";
    case TraceSetting::indexing_rule:
      return "indexing_rule";
    case TraceSetting::tags:
      return "tags";
    case TraceSetting::retrieval:
      return "retrieval";
  }
  return "";
}

std::string arn_prefix(const Scope& scope) { return "arn:aws:xray:" + scope.region + ":" + scope.account + ":group/"; }

TraceGroup read_group(const Document& document) {
  return {.name = text_or(document, "name"),
          .arn = text_or(document, "arn"),
          .filter = text_or(document, "filter"),
          .insights = truth_or(document, "insights", false),
          .notifications = truth_or(document, "notifications", false)};
}

Document to_document(const TraceGroup& group) {
  return Object{{"name", group.name},
                {"arn", group.arn},
                {"filter", group.filter},
                {"insights", group.insights},
                {"notifications", group.notifications}};
}

}  // namespace

Result<void> TraceSettings::migrate() { return state_.database().migrate("trace_settings", migrations); }

std::optional<Document> TraceSettings::find(const Scope& scope, TraceSetting kind, const std::string& name) {
  const auto row =
      state_.database().query_one("SELECT document FROM trace_settings_items WHERE account = ? AND region = ? AND kind = ? AND name = ?",
                                  {scope.account, scope.region, to_text(kind), name});
  if (!row) return std::nullopt;
  return row->document(0);
}

std::vector<Document> TraceSettings::list(const Scope& scope, TraceSetting kind) {
  std::vector<Document> out;
  for (const storage::Row& row :
       state_.database().query("SELECT document FROM trace_settings_items WHERE account = ? AND region = ? AND kind = ? ORDER BY name",
                               {scope.account, scope.region, to_text(kind)}))
    out.push_back(row.document(0));
  return out;
}

void TraceSettings::put(const Scope& scope, TraceSetting kind, const std::string& name, const Document& document) {
  state_.database().execute(
      "INSERT INTO trace_settings_items (account, region, kind, name, document) VALUES (?, ?, ?, ?, ?) "
      "ON CONFLICT (account, region, kind, name) DO UPDATE SET document = excluded.document",
      {scope.account, scope.region, to_text(kind), name, document});
}

bool TraceSettings::remove(const Scope& scope, TraceSetting kind, const std::string& name) {
  return state_.database().execute("DELETE FROM trace_settings_items WHERE account = ? AND region = ? AND kind = ? AND name = ?",
                                   {scope.account, scope.region, to_text(kind), name}) > 0;
}

std::vector<TraceGroup> TraceGroups::list(const Scope& scope) {
  std::vector<TraceGroup> out = {*find(scope, default_group, {})};
  for (const Document& document : settings_.list(scope, TraceSetting::group))
    if (TraceGroup group = read_group(document); group.name != default_group) out.push_back(std::move(group));
  return out;
}

std::optional<TraceGroup> TraceGroups::find(const Scope& scope, const std::string& name, const std::string& arn) {
  if (!name.empty()) {
    if (const auto document = settings_.find(scope, TraceSetting::group, name)) return read_group(*document);
    if (name == default_group) return TraceGroup{.name = name, .arn = arn_prefix(scope) + name};
    return std::nullopt;
  }
  if (!arn.starts_with(arn_prefix(scope))) return std::nullopt;
  const std::string rest = arn.substr(arn_prefix(scope).size());
  auto group = find(scope, rest.substr(0, rest.find('/')), {});
  return group && group->arn == arn ? group : std::nullopt;
}

Result<TraceGroup> TraceGroups::create(const Scope& scope, TraceGroup group) {
  if (find(scope, group.name, {})) return fail(ErrorKind::already_exists, "A group with the name " + group.name + " already exists.");
  if (list(scope).size() > groups_max)
    return fail(ErrorKind::limit_exceeded, "The limit of " + std::to_string(groups_max) + " groups is reached.");
  if (const auto parsed = parse_filter(group.filter); !parsed) return std::unexpected(parsed.error());
  group.arn = arn_prefix(scope) + group.name + "/" + random_.letters("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 52);
  settings_.put(scope, TraceSetting::group, group.name, to_document(group));
  return group;
}

Result<void> TraceGroups::update(const Scope& scope, const TraceGroup& group) {
  if (const auto parsed = parse_filter(group.filter); !parsed) return std::unexpected(parsed.error());
  settings_.put(scope, TraceSetting::group, group.name, to_document(group));
  return {};
}

void TraceGroups::remove(const Scope& scope, const TraceGroup& group) {
  settings_.remove(scope, TraceSetting::group, group.name);
  settings_.remove(scope, TraceSetting::tags, group.arn);
}

FindGroupFilter TraceGroups::filters(const Scope& scope) {
  return [this, scope](const std::string& key, const std::string& value) -> std::optional<std::string> {
    const auto group = key == "group.arn" ? find(scope, {}, value) : find(scope, value, {});
    return group ? std::optional(group->filter) : std::nullopt;
  };
}

}  // namespace tocsin::diagnose
