#include "communicate/oncall/contact_store.h"

#include <boost/json.hpp>

namespace tocsin::oncall {
namespace {

Contact contact_of(const Scope& scope, const storage::Row& row) {
  return {scope, row.text(0), row.text(1), row.text(2), contact_type_from(row.text(3)).value_or(ContactType::personal), row.document(4)};
}

Channel channel_of(const Scope& scope, const storage::Row& row) {
  return {scope, row.text(0), row.text(1), row.text(2), row.text(3), row.text(4), row.truth(5)};
}

}  // namespace

void ContactStore::insert(const Contact& c) {
  state_.database().execute(
      "INSERT INTO oncall_contacts (account, region, arn, alias, type, display_name, plan) VALUES (?, ?, ?, ?, ?, ?, ?)",
      {c.scope.account, c.scope.region, c.arn, c.alias, to_text(c.type), c.display_name, c.plan});
}

void ContactStore::replace(const Contact& c) {
  state_.database().execute("UPDATE oncall_contacts SET display_name = ?, plan = ? WHERE account = ? AND region = ? AND arn = ?",
                            {c.display_name, c.plan, c.scope.account, c.scope.region, c.arn});
}

void ContactStore::remove(const Contact& c) {
  state_.database().execute("DELETE FROM oncall_contacts WHERE account = ? AND region = ? AND arn = ?",
                            {c.scope.account, c.scope.region, c.arn});
  for (const Channel& channel : channels(c.scope, c.arn)) remove(channel);
  set_tags(c.scope, c.arn, {});
}

std::optional<Contact> ContactStore::find(const Scope& scope, const std::string& arn) {
  const auto row = state_.database().query_one(
      "SELECT arn, alias, display_name, type, plan FROM oncall_contacts WHERE account = ? AND region = ? AND arn = ?",
      {scope.account, scope.region, arn});
  return row ? std::optional(contact_of(scope, *row)) : std::nullopt;
}

std::vector<Contact> ContactStore::list(const Scope& scope, const std::string& after, std::size_t count_max) {
  std::vector<Contact> out;
  const auto rows = state_.database().query(
      "SELECT arn, alias, display_name, type, plan FROM oncall_contacts WHERE account = ? AND region = ? AND arn > ? ORDER BY arn LIMIT ?",
      {scope.account, scope.region, after, count_max});
  for (const auto& row : rows) out.push_back(contact_of(scope, row));
  return out;
}

std::vector<std::string> ContactStore::dependents(const Contact& contact) {
  std::vector<std::string> out;
  for (const Contact& other : list(contact.scope, "", 100000))
    for (const Stage& stage : plan_from(other.plan).stages)
      for (const Target& target : stage.targets)
        if (target.contact_arn == contact.arn && (out.empty() || out.back() != other.arn)) out.push_back(other.arn);
  return out;
}

void ContactStore::insert(const Channel& c) {
  state_.database().execute(
      "INSERT INTO oncall_channels (account, region, arn, contact_arn, name, type, address, activated, code_hash, code_expires_ns, "
      "code_tries) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', 0, 0)",
      {c.scope.account, c.scope.region, c.arn, c.contact_arn, c.name, c.type, c.address, c.activated});
}

void ContactStore::replace(const Channel& c) {
  state_.database().execute("UPDATE oncall_channels SET name = ?, address = ?, activated = ? WHERE account = ? AND region = ? AND arn = ?",
                            {c.name, c.address, c.activated, c.scope.account, c.scope.region, c.arn});
}

void ContactStore::remove(const Channel& c) {
  state_.database().execute("DELETE FROM oncall_channels WHERE account = ? AND region = ? AND arn = ?",
                            {c.scope.account, c.scope.region, c.arn});
}

std::optional<Channel> ContactStore::find_channel(const Scope& scope, const std::string& arn) {
  const auto row = state_.database().query_one(
      "SELECT arn, contact_arn, name, type, address, activated FROM oncall_channels WHERE account = ? AND region = ? AND arn = ?",
      {scope.account, scope.region, arn});
  return row ? std::optional(channel_of(scope, *row)) : std::nullopt;
}

std::vector<Channel> ContactStore::channels(const Scope& scope, const std::string& contact_arn) {
  std::vector<Channel> out;
  const auto rows = state_.database().query(
      "SELECT arn, contact_arn, name, type, address, activated FROM oncall_channels WHERE account = ? AND region = ? AND contact_arn = ? "
      "ORDER BY "
      "arn",
      {scope.account, scope.region, contact_arn});
  for (const auto& row : rows) out.push_back(channel_of(scope, row));
  return out;
}

std::vector<Channel> ContactStore::channels_of_address(const std::string& address) {
  std::vector<Channel> out;
  const auto rows = state_.database().query(
      "SELECT arn, contact_arn, name, type, address, activated, account, region FROM oncall_channels WHERE address = ? ORDER BY arn",
      {address});
  for (const auto& row : rows) out.push_back(channel_of({row.text(6), row.text(7)}, row));
  return out;
}

std::optional<ContactStore::Code> ContactStore::code(const Channel& c) {
  const auto row = state_.database().query_one(
      "SELECT code_hash, code_expires_ns, code_tries FROM oncall_channels WHERE account = ? AND region = ? AND arn = ?",
      {c.scope.account, c.scope.region, c.arn});
  if (!row || row->text(0).empty()) return std::nullopt;
  return Code{row->text(0), row->instant(1), static_cast<int>(row->integer(2))};
}

void ContactStore::set_code(const Channel& c, const Code& code) {
  state_.database().execute(
      "UPDATE oncall_channels SET code_hash = ?, code_expires_ns = ?, code_tries = ? WHERE account = ? AND region = ? AND arn = ?",
      {code.hash, code.expires, code.tries, c.scope.account, c.scope.region, c.arn});
}

Tags ContactStore::tags(const Scope& scope, const std::string& arn) {
  Tags out;
  for (const auto& row : state_.database().query("SELECT tag_key, tag_value FROM oncall_tags WHERE account = ? AND region = ? AND arn = ?",
                                                 {scope.account, scope.region, arn}))
    out[row.text(0)] = row.text(1);
  return out;
}

void ContactStore::set_tags(const Scope& scope, const std::string& arn, const Tags& tags) {
  state_.database().execute("DELETE FROM oncall_tags WHERE account = ? AND region = ? AND arn = ?", {scope.account, scope.region, arn});
  for (const auto& [key, value] : tags)
    state_.database().execute("INSERT INTO oncall_tags (account, region, arn, tag_key, tag_value) VALUES (?, ?, ?, ?, ?)",
                              {scope.account, scope.region, arn, key, value});
}

std::optional<std::string> ContactStore::outcome_of(const Scope& scope, const std::string& operation, const std::string& token) {
  if (token.empty()) return std::nullopt;
  const auto row =
      state_.database().query_one("SELECT outcome FROM oncall_once WHERE account = ? AND region = ? AND operation = ? AND token = ?",
                                  {scope.account, scope.region, operation, token});
  return row ? std::optional(row->text(0)) : std::nullopt;
}

void ContactStore::record_outcome(const Scope& scope, const std::string& operation, const std::string& token, const std::string& outcome) {
  if (token.empty()) return;
  state_.database().execute(
      "INSERT INTO oncall_once (account, region, operation, token, outcome) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
      {scope.account, scope.region, operation, token, outcome});
}

}  // namespace tocsin::oncall
