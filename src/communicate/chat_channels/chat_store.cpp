#include "communicate/chat_channels/chat_store.h"

#include <boost/json.hpp>

#include "base/digest.h"
#include "base/encoding.h"
#include "model/arn.h"

namespace tocsin::chat {
namespace {

const std::vector<storage::Migration> migrations = {{1, R"sql(
CREATE TABLE chat_channels (account TEXT NOT NULL, arn TEXT NOT NULL, kind BIGINT NOT NULL, workspace TEXT NOT NULL, channel TEXT NOT NULL,
  webhook TEXT NOT NULL, definition TEXT NOT NULL, PRIMARY KEY (account, arn));
CREATE TABLE chat_topics (topic_arn TEXT NOT NULL, account TEXT NOT NULL, arn TEXT NOT NULL, PRIMARY KEY (topic_arn, account, arn));
CREATE TABLE chat_actions (account TEXT NOT NULL, arn TEXT NOT NULL, definition TEXT NOT NULL, PRIMARY KEY (account, arn));
CREATE TABLE chat_associations (account TEXT NOT NULL, arn TEXT NOT NULL, action_arn TEXT NOT NULL, PRIMARY KEY (account, arn, action_arn));
CREATE TABLE chat_preferences (account TEXT PRIMARY KEY, preferences TEXT NOT NULL);
CREATE TABLE chat_tags (account TEXT NOT NULL, arn TEXT NOT NULL, tag_key TEXT NOT NULL, tag_value TEXT NOT NULL, PRIMARY KEY (account, arn, tag_key));
CREATE TABLE chat_links (hash TEXT PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, act BIGINT NOT NULL, incident_arn TEXT NOT NULL,
  channel_arn TEXT NOT NULL, argument TEXT NOT NULL, expires_ns BIGINT NOT NULL, used_ns BIGINT);
CREATE TABLE chat_posted (channel_arn TEXT NOT NULL, at_ns BIGINT NOT NULL, kind BIGINT NOT NULL, impact BIGINT NOT NULL, topic TEXT NOT NULL);
CREATE INDEX chat_posted_at ON chat_posted (channel_arn, at_ns);
CREATE TABLE chat_waiting (channel_arn TEXT NOT NULL, at_ns BIGINT NOT NULL, due_ns BIGINT NOT NULL, line TEXT NOT NULL);
CREATE INDEX chat_waiting_at ON chat_waiting (channel_arn, at_ns);
)sql"}};

constexpr std::size_t posted_max = 200;

ChatChannel channel_of(const storage::Row& row) {
  ChatChannel out{.account = row.text(0),
                  .arn = row.text(1),
                  .kind = static_cast<ChannelKind>(row.integer(2)),
                  .workspace = row.text(3),
                  .channel = row.text(4)};
  out.webhook = row.text(5);
  const Document definition = row.document(6);
  if (definition.is_object()) out.definition = definition.get_object();
  return out;
}

Object object_of(const storage::Row& row, std::size_t column) {
  const Document document = row.document(column);
  return document.is_object() ? document.get_object() : Object{};
}

std::string hash_of(const std::string& token) { return to_hex(sha256(token)); }

}  // namespace

std::vector<std::string> ChatChannel::topics() const {
  std::vector<std::string> out;
  for (const Document& each : array_at(definition, "SnsTopicArns"))
    if (each.is_string()) out.emplace_back(std::string_view(each.get_string()));
  return out;
}

Result<void> ChatStore::migrate() { return state_.database().migrate("chat", migrations); }

void ChatStore::put(const ChatChannel& c) {
  state_.database().execute(
      "INSERT INTO chat_channels (account, arn, kind, workspace, channel, webhook, definition) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT "
      "(account, arn) DO UPDATE SET "
      "workspace = excluded.workspace, channel = excluded.channel, webhook = excluded.webhook, definition = excluded.definition",
      {c.account, c.arn, static_cast<int>(c.kind), c.workspace, c.channel, c.webhook, Document(c.definition)});
  state_.database().execute("DELETE FROM chat_topics WHERE account = ? AND arn = ?", {c.account, c.arn});
  for (const std::string& topic : c.topics())
    state_.database().execute(
        "INSERT INTO chat_topics (topic_arn, account, arn) VALUES (?, ?, ?) ON CONFLICT (topic_arn, account, arn) DO NOTHING",
        {topic, c.account, c.arn});
}

void ChatStore::remove(const ChatChannel& c) {
  for (const char* table : {"chat_channels", "chat_topics", "chat_associations", "chat_tags"})
    state_.database().execute(std::string("DELETE FROM ") + table + " WHERE account = ? AND arn = ?", {c.account, c.arn});
}

std::optional<ChatChannel> ChatStore::find(const std::string& account, const std::string& arn) {
  const auto row = state_.database().query_one(
      "SELECT account, arn, kind, workspace, channel, webhook, definition FROM chat_channels WHERE account = ? AND arn = ?",
      {account, arn});
  return row ? std::optional(channel_of(*row)) : std::nullopt;
}

std::vector<ChatChannel> ChatStore::list(const std::string& account, ChannelKind kind) {
  std::vector<ChatChannel> out;
  for (const auto& row : state_.database().query("SELECT account, arn, kind, workspace, channel, webhook, definition FROM chat_channels "
                                                 "WHERE account = ? AND kind = ? ORDER BY arn",
                                                 {account, static_cast<int>(kind)}))
    out.push_back(channel_of(row));
  return out;
}

std::vector<ChatChannel> ChatStore::of_topic(const std::string& topic_arn) {
  std::vector<ChatChannel> out;
  const auto topic = parse_arn(topic_arn);
  if (!topic) return out;
  // a topic of another account is not heard of
  for (const auto& row : state_.database().query("SELECT account, arn FROM chat_topics WHERE topic_arn = ? AND account = ? ORDER BY arn",
                                                 {topic_arn, topic->account}))
    if (auto channel = find(row.text(0), row.text(1))) out.push_back(std::move(*channel));
  return out;
}

void ChatStore::put(const CustomAction& a) {
  state_.database().execute(
      "INSERT INTO chat_actions (account, arn, definition) VALUES (?, ?, ?) ON CONFLICT (account, arn) DO UPDATE SET definition = "
      "excluded.definition",
      {a.account, a.arn, Document(a.definition)});
}

void ChatStore::remove(const CustomAction& a) {
  state_.database().execute("DELETE FROM chat_actions WHERE account = ? AND arn = ?", {a.account, a.arn});
  state_.database().execute("DELETE FROM chat_associations WHERE account = ? AND action_arn = ?", {a.account, a.arn});
  state_.database().execute("DELETE FROM chat_tags WHERE account = ? AND arn = ?", {a.account, a.arn});
}

std::optional<CustomAction> ChatStore::find_action(const std::string& account, const std::string& arn) {
  const auto row =
      state_.database().query_one("SELECT account, arn, definition FROM chat_actions WHERE account = ? AND arn = ?", {account, arn});
  if (!row) return std::nullopt;
  return CustomAction{row->text(0), row->text(1), object_of(*row, 2)};
}

std::vector<CustomAction> ChatStore::actions(const std::string& account) {
  std::vector<CustomAction> out;
  for (const auto& row :
       state_.database().query("SELECT account, arn, definition FROM chat_actions WHERE account = ? ORDER BY arn", {account}))
    out.push_back({row.text(0), row.text(1), object_of(row, 2)});
  return out;
}

void ChatStore::associate(const std::string& account, const std::string& channel_arn, const std::string& action_arn, bool associated) {
  state_.database().execute("DELETE FROM chat_associations WHERE account = ? AND arn = ? AND action_arn = ?",
                            {account, channel_arn, action_arn});
  if (associated)
    state_.database().execute("INSERT INTO chat_associations (account, arn, action_arn) VALUES (?, ?, ?)",
                              {account, channel_arn, action_arn});
}

std::vector<std::string> ChatStore::associated(const std::string& account, const std::string& channel_arn) {
  std::vector<std::string> out;
  for (const auto& row : state_.database().query(
           "SELECT action_arn FROM chat_associations WHERE account = ? AND arn = ? ORDER BY action_arn", {account, channel_arn}))
    out.push_back(row.text(0));
  return out;
}

Object ChatStore::preferences(const std::string& account) {
  const auto row = state_.database().query_one("SELECT preferences FROM chat_preferences WHERE account = ?", {account});
  return row ? object_of(*row, 0) : Object{};
}

void ChatStore::set_preferences(const std::string& account, const Object& preferences) {
  state_.database().execute(
      "INSERT INTO chat_preferences (account, preferences) VALUES (?, ?) ON CONFLICT (account) DO UPDATE SET preferences = "
      "excluded.preferences",
      {account, Document(preferences)});
}

Tags ChatStore::tags(const std::string& account, const std::string& arn) {
  Tags out;
  for (const auto& row : state_.database().query("SELECT tag_key, tag_value FROM chat_tags WHERE account = ? AND arn = ?", {account, arn}))
    out[row.text(0)] = row.text(1);
  return out;
}

void ChatStore::set_tags(const std::string& account, const std::string& arn, const Tags& tags) {
  state_.database().execute("DELETE FROM chat_tags WHERE account = ? AND arn = ?", {account, arn});
  for (const auto& [key, value] : tags)
    state_.database().execute("INSERT INTO chat_tags (account, arn, tag_key, tag_value) VALUES (?, ?, ?, ?)", {account, arn, key, value});
}

void ChatStore::add_link(const std::string& token, const ChatLink& link) {
  state_.database().execute(
      "INSERT INTO chat_links (hash, account, region, act, incident_arn, channel_arn, argument, expires_ns) VALUES (?, ?, ?, ?, ?, ?, ?, "
      "?)",
      {hash_of(token), link.scope.account, link.scope.region, static_cast<int>(link.act), link.incident_arn, link.channel_arn,
       Document(link.argument), link.expires});
}

std::optional<ChatLink> ChatStore::find_link(const std::string& token) {
  const auto row = state_.database().query_one(
      "SELECT account, region, act, incident_arn, channel_arn, argument, expires_ns, used_ns FROM chat_links WHERE hash = ?",
      {hash_of(token)});
  if (!row) return std::nullopt;
  ChatLink out{.scope = {row->text(0), row->text(1)},
               .act = static_cast<LinkAct>(row->integer(2)),
               .incident_arn = row->text(3),
               .channel_arn = row->text(4),
               .argument = object_of(*row, 5)};
  out.expires = row->instant(6);
  if (!row->is_null(7)) out.used = row->instant(7);
  return out;
}

void ChatStore::use_link(const std::string& token, Instant at) {
  state_.database().execute("UPDATE chat_links SET used_ns = ? WHERE hash = ?", {at, hash_of(token)});
}

std::vector<ChatStore::Posted> ChatStore::posted(const std::string& channel_arn, Instant since) {
  std::vector<Posted> out;
  for (const auto& row : state_.database().query(
           "SELECT at_ns, kind, impact, topic FROM chat_posted WHERE channel_arn = ? AND at_ns > ? ORDER BY at_ns DESC LIMIT ?",
           {channel_arn, since, posted_max}))
    out.push_back({row.instant(0), static_cast<int>(row.integer(1)), static_cast<int>(row.integer(2)), row.text(3)});
  return out;
}

void ChatStore::add_posted(const std::string& channel_arn, const Posted& p) {
  state_.database().execute("DELETE FROM chat_posted WHERE channel_arn = ? AND at_ns < ?", {channel_arn, p.at - std::chrono::hours(2)});
  state_.database().execute("INSERT INTO chat_posted (channel_arn, at_ns, kind, impact, topic) VALUES (?, ?, ?, ?, ?)",
                            {channel_arn, p.at, p.kind, p.impact, p.topic});
}

void ChatStore::add_waiting(const std::string& channel_arn, const std::string& line, Instant at, Instant due) {
  state_.database().execute("INSERT INTO chat_waiting (channel_arn, at_ns, due_ns, line) VALUES (?, ?, ?, ?)",
                            {channel_arn, at, due, line});
}

std::optional<Instant> ChatStore::digest_due(const std::string& channel_arn) {
  const auto row =
      state_.database().query_one("SELECT due_ns FROM chat_waiting WHERE channel_arn = ? ORDER BY at_ns LIMIT 1", {channel_arn});
  return row ? std::optional(row->instant(0)) : std::nullopt;
}

std::vector<std::string> ChatStore::take_waiting(const std::string& channel_arn) {
  std::vector<std::string> out;
  for (const auto& row : state_.database().query("SELECT line FROM chat_waiting WHERE channel_arn = ? ORDER BY at_ns", {channel_arn}))
    out.push_back(row.text(0));
  state_.database().execute("DELETE FROM chat_waiting WHERE channel_arn = ?", {channel_arn});
  return out;
}

}  // namespace tocsin::chat
