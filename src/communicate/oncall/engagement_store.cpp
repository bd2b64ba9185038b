#include "communicate/oncall/engagement_store.h"

#include <fmt/format.h>

#include "base/digest.h"
#include "base/encoding.h"

namespace tocsin::oncall {
namespace {

constexpr const char* engagement_columns =
    "arn, contact_arn, incident_arn, sender, subject, content, public_subject, public_content, start_ns, stop_ns";
constexpr const char* page_columns =
    "arn, engagement_arn, contact_arn, incident_arn, subject, content, messages, sent_ns, delivery_ns, read_ns, failed_codes";
constexpr const char* run_columns = "engagement_arn, contact_arn, parent_arn, essential, stage, state, stage_started_ns";

std::optional<Instant> maybe_instant(const storage::Row& row, std::size_t column) {
  return row.is_null(column) ? std::nullopt : std::optional(row.instant(column));
}

Engagement engagement_of(const Scope& scope, const storage::Row& row) {
  return {scope,       row.text(0), row.text(1), row.text(2),    row.text(3),          row.text(4),
          row.text(5), row.text(6), row.text(7), row.instant(8), maybe_instant(row, 9)};
}

Page page_of(const Scope& scope, const storage::Row& row) {
  Page out{.scope = scope, .arn = row.text(0), .engagement_arn = row.text(1), .contact_arn = row.text(2), .incident_arn = row.text(3)};
  out.subject = row.text(4);
  out.content = row.text(5);
  out.messages = static_cast<int>(row.integer(6));
  out.sent = row.instant(7);
  out.delivery = maybe_instant(row, 8);
  out.read = maybe_instant(row, 9);
  out.failed_codes = static_cast<int>(row.integer(10));
  return out;
}

Run run_of(const Scope& scope, const storage::Row& row) {
  return {scope,         row.text(0), row.text(1), row.text(2), row.truth(3), static_cast<int>(row.integer(4)), run_state_from(row.text(5)),
          row.instant(6)};
}

std::string descending(Instant at) { return fmt::format("{:020}", INT64_MAX - to_ns(at)); }
std::string ascending(Instant at) { return fmt::format("{:020}", to_ns(at)); }

std::string_view kind_text(EngagementStore::SecretKind kind) {
  switch (kind) {
    case EngagementStore::SecretKind::link:
      return "link";
    case EngagementStore::SecretKind::undo:
      return "undo";
    case EngagementStore::SecretKind::code:
      return "code";
    case EngagementStore::SecretKind::browser:
      return "browser";
  }
  return "link";
}

EngagementStore::SecretKind kind_from(std::string_view text) {
  if (text == "undo") return EngagementStore::SecretKind::undo;
  if (text == "browser") return EngagementStore::SecretKind::browser;
  return text == "code" ? EngagementStore::SecretKind::code : EngagementStore::SecretKind::link;
}

std::string hash_of(const std::string& secret) { return to_hex(sha256(secret)); }

}  // namespace

std::string_view to_text(RunState state) {
  switch (state) {
    case RunState::waiting:
      return "waiting";
    case RunState::acknowledged:
      return "acknowledged";
    case RunState::stopped:
      return "stopped";
    case RunState::exhausted:
      return "exhausted";
  }
  return "stopped";
}

RunState run_state_from(std::string_view text) {
  for (const RunState state : {RunState::waiting, RunState::acknowledged, RunState::exhausted})
    if (to_text(state) == text) return state;
  return RunState::stopped;
}

std::string_view to_text(ReceiptType type) {
  switch (type) {
    case ReceiptType::sent:
      return "SENT";
    case ReceiptType::delivered:
      return "DELIVERED";
    case ReceiptType::read:
      return "READ";
    case ReceiptType::stop:
      return "STOP";
    case ReceiptType::error:
      return "ERROR";
  }
  return "ERROR";
}

std::string EngagementStore::place_of(const Engagement& e) { return descending(e.start) + e.arn; }
std::string EngagementStore::place_of(const Page& p) { return ascending(p.sent) + p.arn; }

void EngagementStore::insert(const Engagement& e) {
  state_.database().execute(
      "INSERT INTO oncall_engagements (account, region, arn, place, contact_arn, incident_arn, sender, subject, content, public_subject, "
      "public_content, start_ns) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {e.scope.account, e.scope.region, e.arn, place_of(e), e.contact_arn, e.incident_arn, e.sender, e.subject, e.content, e.public_subject,
       e.public_content, e.start});
}

void EngagementStore::set_stop(const Engagement& e, Instant at) {
  state_.database().execute("UPDATE oncall_engagements SET stop_ns = ? WHERE account = ? AND region = ? AND arn = ?",
                            {at, e.scope.account, e.scope.region, e.arn});
}

std::optional<Engagement> EngagementStore::find(const Scope& scope, const std::string& arn) {
  const auto row = state_.database().query_one(
      fmt::format("SELECT {} FROM oncall_engagements WHERE account = ? AND region = ? AND arn = ?", engagement_columns),
      {scope.account, scope.region, arn});
  return row ? std::optional(engagement_of(scope, *row)) : std::nullopt;
}

std::vector<Engagement> EngagementStore::list(const Scope& scope, const std::string& after, std::size_t count_max) {
  std::vector<Engagement> out;
  const auto rows = state_.database().query(
      fmt::format("SELECT {} FROM oncall_engagements WHERE account = ? AND region = ? AND place > ? ORDER BY place LIMIT ?",
                  engagement_columns),
      {scope.account, scope.region, after, count_max});
  for (const auto& row : rows) out.push_back(engagement_of(scope, row));
  return out;
}

std::vector<Engagement> EngagementStore::of_incident(const Scope& scope, const std::string& incident_arn) {
  std::vector<Engagement> out;
  const auto rows = state_.database().query(
      fmt::format("SELECT {} FROM oncall_engagements WHERE account = ? AND region = ? AND incident_arn = ?", engagement_columns),
      {scope.account, scope.region, incident_arn});
  for (const auto& row : rows) out.push_back(engagement_of(scope, row));
  return out;
}

void EngagementStore::put(const Run& r) {
  state_.database().execute("DELETE FROM oncall_runs WHERE account = ? AND region = ? AND engagement_arn = ? AND contact_arn = ?",
                            {r.scope.account, r.scope.region, r.engagement_arn, r.contact_arn});
  state_.database().execute(
      "INSERT INTO oncall_runs (account, region, engagement_arn, contact_arn, parent_arn, essential, stage, state, stage_started_ns) "
      "VALUES (?, ?, "
      "?, ?, ?, ?, ?, ?, ?)",
      {r.scope.account, r.scope.region, r.engagement_arn, r.contact_arn, r.parent_arn, r.essential, r.stage, to_text(r.state),
       r.stage_started});
}

std::optional<Run> EngagementStore::find_run(const Scope& scope, const std::string& engagement_arn, const std::string& contact_arn) {
  const auto row = state_.database().query_one(
      fmt::format("SELECT {} FROM oncall_runs WHERE account = ? AND region = ? AND engagement_arn = ? AND contact_arn = ?", run_columns),
      {scope.account, scope.region, engagement_arn, contact_arn});
  return row ? std::optional(run_of(scope, *row)) : std::nullopt;
}

std::vector<Run> EngagementStore::runs(const Engagement& e) {
  std::vector<Run> out;
  const auto rows = state_.database().query(
      fmt::format("SELECT {} FROM oncall_runs WHERE account = ? AND region = ? AND engagement_arn = ? ORDER BY contact_arn", run_columns),
      {e.scope.account, e.scope.region, e.arn});
  for (const auto& row : rows) out.push_back(run_of(e.scope, row));
  return out;
}

void EngagementStore::insert(const Page& p) {
  state_.database().execute(
      "INSERT INTO oncall_pages (account, region, arn, place, engagement_arn, contact_arn, incident_arn, subject, content, messages, "
      "sent_ns, "
      "delivery_ns, read_ns, failed_codes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {p.scope.account, p.scope.region, p.arn, place_of(p), p.engagement_arn, p.contact_arn, p.incident_arn, p.subject, p.content,
       p.messages, p.sent, p.delivery, p.read, p.failed_codes});
}

void EngagementStore::replace(const Page& p) {
  state_.database().execute(
      "UPDATE oncall_pages SET subject = ?, content = ?, messages = ?, delivery_ns = ?, read_ns = ?, failed_codes = ? WHERE account = ? "
      "AND region "
      "= ? AND arn = ?",
      {p.subject, p.content, p.messages, p.delivery, p.read, p.failed_codes, p.scope.account, p.scope.region, p.arn});
}

std::optional<Page> EngagementStore::find_page(const Scope& scope, const std::string& arn) {
  const auto row =
      state_.database().query_one(fmt::format("SELECT {} FROM oncall_pages WHERE account = ? AND region = ? AND arn = ?", page_columns),
                                  {scope.account, scope.region, arn});
  return row ? std::optional(page_of(scope, *row)) : std::nullopt;
}

std::optional<Page> EngagementStore::page_for(const Engagement& e, const std::string& contact_arn) {
  const bool by_incident = !e.incident_arn.empty();
  const auto row = state_.database().query_one(
      fmt::format("SELECT {} FROM oncall_pages WHERE account = ? AND region = ? AND contact_arn = ? AND {} = ? ORDER BY place LIMIT 1",
                  page_columns, by_incident ? "incident_arn" : "engagement_arn"),
      {e.scope.account, e.scope.region, contact_arn, by_incident ? e.incident_arn : e.arn});
  return row ? std::optional(page_of(e.scope, *row)) : std::nullopt;
}

std::vector<Page> EngagementStore::pages_where(const Scope& scope, const char* column, const std::string& value, const std::string& after,
                                               std::size_t count_max) {
  std::vector<Page> out;
  const auto rows = state_.database().query(
      fmt::format("SELECT {} FROM oncall_pages WHERE account = ? AND region = ? AND {} = ? AND place > ? ORDER BY place LIMIT ?",
                  page_columns, column),
      {scope.account, scope.region, value, after, count_max});
  for (const auto& row : rows) out.push_back(page_of(scope, row));
  return out;
}

std::vector<Page> EngagementStore::pages_by_engagement(const Scope& scope, const std::string& arn, const std::string& after,
                                                       std::size_t count_max) {
  return pages_where(scope, "engagement_arn", arn, after, count_max);
}

std::vector<Page> EngagementStore::pages_by_contact(const Scope& scope, const std::string& arn, const std::string& after,
                                                    std::size_t count_max) {
  return pages_where(scope, "contact_arn", arn, after, count_max);
}

std::vector<Page> EngagementStore::unread_pages(const Scope& scope, const std::string& contact_arn, std::size_t count_max) {
  std::vector<Page> out;
  const auto rows = state_.database().query(fmt::format("SELECT {} FROM oncall_pages WHERE account = ? AND region = ? AND contact_arn = ? "
                                                        "AND read_ns IS NULL ORDER BY place DESC LIMIT ?",
                                                        page_columns),
                                            {scope.account, scope.region, contact_arn, count_max});
  for (const auto& row : rows) out.push_back(page_of(scope, row));
  return out;
}

void EngagementStore::add_receipt(const Page& p, const std::string& channel_arn, ReceiptType type, const std::string& info, Instant at) {
  const auto last =
      state_.database().query_one("SELECT MAX(position) FROM oncall_receipts WHERE account = ? AND region = ? AND page_arn = ?",
                                  {p.scope.account, p.scope.region, p.arn});
  state_.database().execute(
      "INSERT INTO oncall_receipts (account, region, page_arn, position, channel_arn, type, info, at_ns) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      {p.scope.account, p.scope.region, p.arn, last ? last->integer(0) + 1 : 1, channel_arn, to_text(type), info, at});
}

std::vector<Receipt> EngagementStore::receipts(const Page& p) {
  std::vector<Receipt> out;
  const auto rows = state_.database().query(
      "SELECT channel_arn, type, info, at_ns FROM oncall_receipts WHERE account = ? AND region = ? AND page_arn = ? ORDER BY position",
      {p.scope.account, p.scope.region, p.arn});
  for (const auto& row : rows) out.push_back({row.text(0), row.text(1), row.text(2), row.instant(3)});
  return out;
}

void EngagementStore::add_secret(const Page& p, const std::string& secret, SecretKind kind, Instant expires) {
  state_.database().execute("INSERT INTO oncall_secrets (hash, account, region, page_arn, kind, expires_ns) VALUES (?, ?, ?, ?, ?, ?)",
                            {hash_of(secret), p.scope.account, p.scope.region, p.arn, kind_text(kind), expires});
}

std::optional<EngagementStore::Secret> EngagementStore::find_secret(const std::string& secret) {
  const auto row = state_.database().query_one(
      "SELECT account, region, page_arn, kind, expires_ns, used_ns FROM oncall_secrets WHERE hash = ?", {hash_of(secret)});
  if (!row) return std::nullopt;
  return Secret{{row->text(0), row->text(1)}, row->text(2), kind_from(row->text(3)), row->instant(4), maybe_instant(*row, 5)};
}

void EngagementStore::use_secret(const std::string& secret, Instant at) {
  state_.database().execute("UPDATE oncall_secrets SET used_ns = ? WHERE hash = ?", {at, hash_of(secret)});
}

}  // namespace tocsin::oncall
