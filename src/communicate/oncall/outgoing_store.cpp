#include "communicate/oncall/outgoing_store.h"

#include <fmt/format.h>

#include "base/document.h"
#include "base/encoding.h"

namespace tocsin::oncall {
namespace {

constexpr const char* folded_columns = "page_arn, engagement_arn, channel_arn, stage, impact, line, reason, at_ns";
constexpr const char* message_columns =
    "account, region, id, page_arn, channel_arn, engagement_arn, stage, mail_id, provider_id, state, sent_ns";
constexpr Duration told_for = std::chrono::hours(1);

FoldedPage folded_of(const storage::Row& row) {
  return {row.text(0), row.text(1), row.text(2),   static_cast<int>(row.integer(3)), static_cast<int>(row.integer(4)),
          row.text(5), row.text(6), row.instant(7)};
}

OutgoingMessage message_of(const storage::Row& row) {
  OutgoingMessage out{.scope = {row.text(0), row.text(1)},
                      .id = row.text(2),
                      .page_arn = row.text(3),
                      .channel_arn = row.text(4),
                      .engagement_arn = row.text(5)};
  out.stage = static_cast<int>(row.integer(6));
  out.mail_id = row.text(7);
  out.provider_id = row.text(8);
  out.state = static_cast<MessageState>(row.integer(9));
  out.sent = row.instant(10);
  return out;
}

}  // namespace

std::vector<storm::Told> OutgoingStore::told(const Scope& scope, const std::string& contact_arn, const std::string& group, Instant now) {
  std::vector<storm::Told> out;
  const auto add = [&](const std::vector<storage::Row>& rows) {
    for (const auto& row : rows)
      out.push_back({row.instant(0), static_cast<storm::Told::Kind>(row.integer(1)), static_cast<int>(row.integer(2)), row.text(3)});
  };
  // a hundred of the newest say as much as all
  add(
      state_.database().query("SELECT at_ns, kind, impact, topic FROM oncall_told WHERE account = ? AND region = ? AND contact_arn = ? AND "
                              "kind IN (0, 2) AND at_ns > ? ORDER BY at_ns DESC LIMIT 100",
                              {scope.account, scope.region, contact_arn, now - told_for}));
  add(
      state_.database().query("SELECT at_ns, kind, impact, topic FROM oncall_told WHERE account = ? AND region = ? AND contact_arn = ? AND "
                              "topic = ? AND kind = 1 AND at_ns > ? LIMIT 100",
                              {scope.account, scope.region, contact_arn, group, now - told_for}));
  return out;
}

void OutgoingStore::add_told(const Scope& scope, const std::string& contact_arn, const storm::Told& told) {
  state_.database().execute("DELETE FROM oncall_told WHERE account = ? AND region = ? AND contact_arn = ? AND kind IN (0, 1, 2) AND at_ns <= ?",
                            {scope.account, scope.region, contact_arn, told.at - 2 * told_for});
  const auto last =
      state_.database().query_one("SELECT MAX(position) FROM oncall_told WHERE account = ? AND region = ? AND contact_arn = ?",
                                  {scope.account, scope.region, contact_arn});
  state_.database().execute(
      "INSERT INTO oncall_told (account, region, contact_arn, position, kind, at_ns, impact, topic) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      {scope.account, scope.region, contact_arn, last ? last->integer(0) + 1 : 1, static_cast<int>(told.kind), told.at, told.impact,
       told.group});
}

std::optional<Instant> OutgoingStore::digest_due(const Scope& scope, const std::string& contact_arn) {
  const auto row = state_.database().query_one("SELECT due_ns FROM oncall_digests WHERE account = ? AND region = ? AND contact_arn = ?",
                                               {scope.account, scope.region, contact_arn});
  return row ? std::optional(row->instant(0)) : std::nullopt;
}

void OutgoingStore::set_digest_due(const Scope& scope, const std::string& contact_arn, std::optional<Instant> due) {
  if (!due) {
    state_.database().execute("DELETE FROM oncall_digests WHERE account = ? AND region = ? AND contact_arn = ?",
                              {scope.account, scope.region, contact_arn});
    return;
  }
  state_.database().execute(
      "INSERT INTO oncall_digests (account, region, contact_arn, due_ns) VALUES (?, ?, ?, ?) ON CONFLICT (account, region, contact_arn) DO "
      "UPDATE SET due_ns = excluded.due_ns",
      {scope.account, scope.region, contact_arn, *due});
}

void OutgoingStore::add_folded(const Scope& scope, const std::string& contact_arn, const FoldedPage& page) {
  const auto last = state_.database().query_one("SELECT MAX(position) FROM oncall_folded WHERE digest = ?", {""});
  state_.database().execute(
      "INSERT INTO oncall_folded (account, region, contact_arn, page_arn, digest, position, engagement_arn, channel_arn, stage, impact, "
      "line, reason, at_ns) VALUES (?, ?, ?, ?, '', ?, ?, ?, ?, ?, ?, ?, ?)"
      " ON CONFLICT (account, region, contact_arn, page_arn, digest) DO NOTHING",
      {scope.account, scope.region, contact_arn, page.page_arn, last ? last->integer(0) + 1 : 1, page.engagement_arn, page.channel_arn,
       page.stage, page.impact, page.line, page.reason, page.at});
}

bool OutgoingStore::is_folded(const Scope& scope, const std::string& contact_arn, const std::string& page_arn) {
  return state_.database()
      .query_one("SELECT 1 FROM oncall_folded WHERE account = ? AND region = ? AND contact_arn = ? AND page_arn = ? AND digest = ''",
                 {scope.account, scope.region, contact_arn, page_arn})
      .has_value();
}

std::vector<FoldedPage> OutgoingStore::take_folded(const Scope& scope, const std::string& contact_arn, const std::string& digest) {
  state_.database().execute("UPDATE oncall_folded SET digest = ? WHERE account = ? AND region = ? AND contact_arn = ? AND digest = ''",
                            {digest, scope.account, scope.region, contact_arn});
  return folded_in(digest);
}

std::vector<FoldedPage> OutgoingStore::folded_in(const std::string& digest) {
  std::vector<FoldedPage> out;
  for (const auto& row : state_.database().query(
           fmt::format("SELECT {} FROM oncall_folded WHERE digest = ? ORDER BY impact, position", folded_columns), {digest}))
    out.push_back(folded_of(row));
  return out;
}

void OutgoingStore::insert(const OutgoingMessage& m) {
  state_.database().execute(
      fmt::format("INSERT INTO oncall_messages ({}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING", message_columns),
      {m.scope.account, m.scope.region, m.id, m.page_arn, m.channel_arn, m.engagement_arn, m.stage, m.mail_id, m.provider_id,
       static_cast<int>(m.state), m.sent});
}

void OutgoingStore::replace(const OutgoingMessage& m) {
  state_.database().execute("UPDATE oncall_messages SET provider_id = ?, state = ? WHERE id = ?",
                            {m.provider_id, static_cast<int>(m.state), m.id});
}

std::optional<OutgoingMessage> OutgoingStore::one_where(const char* column, const std::string& value) {
  if (value.empty()) return std::nullopt;
  const auto row =
      state_.database().query_one(fmt::format("SELECT {} FROM oncall_messages WHERE {} = ? LIMIT 1", message_columns, column), {value});
  return row ? std::optional(message_of(*row)) : std::nullopt;
}

std::optional<OutgoingMessage> OutgoingStore::find(const std::string& id) { return one_where("id", id); }
std::optional<OutgoingMessage> OutgoingStore::find_by_mail(const std::string& id) { return one_where("mail_id", id); }
std::optional<OutgoingMessage> OutgoingStore::find_by_provider(const std::string& id) { return one_where("provider_id", id); }

std::vector<OutgoingMessage> OutgoingStore::messages_of(const Scope& scope, const std::string& page_arn) {
  std::vector<OutgoingMessage> out;
  for (const auto& row : state_.database().query(
           fmt::format("SELECT {} FROM oncall_messages WHERE account = ? AND region = ? AND page_arn = ? ORDER BY sent_ns, id",
                       message_columns),
           {scope.account, scope.region, page_arn}))
    out.push_back(message_of(row));
  return out;
}

void OutgoingStore::set_browser(const std::string& channel_arn, const Document& subscription) {
  state_.database().execute(
      "INSERT INTO oncall_browsers (channel_arn, subscription) VALUES (?, ?) ON CONFLICT (channel_arn) DO UPDATE SET subscription = "
      "excluded.subscription",
      {channel_arn, subscription});
}

std::optional<Document> OutgoingStore::browser(const std::string& channel_arn) {
  const auto row = state_.database().query_one("SELECT subscription FROM oncall_browsers WHERE channel_arn = ?", {channel_arn});
  return row ? std::optional(row->document(0)) : std::nullopt;
}

std::optional<OutgoingStore::PushKey> OutgoingStore::push_key() {
  const auto row = state_.database().query_one("SELECT private_key, public_key FROM oncall_push_key WHERE id = 1", {});
  if (!row) return std::nullopt;
  return PushKey{from_base64(row->text(0)).value_or(""), from_base64(row->text(1)).value_or("")};
}

void OutgoingStore::set_push_key(const PushKey& key) {
  state_.database().execute("INSERT INTO oncall_push_key (id, private_key, public_key) VALUES (1, ?, ?)",
                            {to_base64(key.private_number), to_base64(key.public_point)});
}

}  // namespace tocsin::oncall
