#include "access/accounts/account_settings.h"

namespace tocsin::access {

Result<void> AccountSettings::migrate() {
  return state_.database().migrate("account", {{1, R"(
    CREATE TABLE account_settings (account TEXT NOT NULL PRIMARY KEY, alias TEXT NOT NULL DEFAULT '', password_policy TEXT NOT NULL DEFAULT '');
    CREATE INDEX account_settings_by_alias ON account_settings (alias);
  )"},
                                               {2, R"(
    ALTER TABLE account_settings ADD COLUMN report TEXT NOT NULL DEFAULT '';
    ALTER TABLE account_settings ADD COLUMN report_made INTEGER NOT NULL DEFAULT 0;
  )"}});
}

std::string AccountSettings::alias(const std::string& account) {
  const auto row = state_.database().query_one("SELECT alias FROM account_settings WHERE account = ?", {account});
  return row ? row->text(0) : "";
}

std::string AccountSettings::account_of_alias(const std::string& alias) {
  const auto row = state_.database().query_one("SELECT account FROM account_settings WHERE alias = ?", {alias});
  return row ? row->text(0) : "";
}

void AccountSettings::set_alias(const std::string& account, const std::string& alias) {
  state_.database().execute(
      "INSERT INTO account_settings (account, alias) VALUES (?, ?) ON CONFLICT (account) DO UPDATE SET alias = excluded.alias",
      {account, alias});
}

std::optional<PasswordPolicy> AccountSettings::password_policy(const std::string& account) {
  const auto row = state_.database().query_one("SELECT password_policy FROM account_settings WHERE account = ?", {account});
  if (!row || row->text(0).empty()) return std::nullopt;
  return password_policy_from(row->document(0));
}

void AccountSettings::set_password_policy(const std::string& account, const std::optional<PasswordPolicy>& policy) {
  const std::string text = policy ? to_json(Document(to_object(*policy))) : "";
  state_.database().execute(
      "INSERT INTO account_settings (account, password_policy) VALUES (?, ?) "
      "ON CONFLICT (account) DO UPDATE SET password_policy = excluded.password_policy",
      {account, text});
}

std::optional<CredentialReport> AccountSettings::credential_report(const std::string& account) {
  const auto row = state_.database().query_one("SELECT report, report_made FROM account_settings WHERE account = ?", {account});
  if (!row || row->text(0).empty()) return std::nullopt;
  return CredentialReport{row->text(0), row->instant(1)};
}

void AccountSettings::set_credential_report(const std::string& account, const CredentialReport& report) {
  state_.database().execute(
      "INSERT INTO account_settings (account, report, report_made) VALUES (?, ?, ?) "
      "ON CONFLICT (account) DO UPDATE SET report = excluded.report, report_made = excluded.report_made",
      {account, report.text, report.made});
}

}  // namespace tocsin::access
