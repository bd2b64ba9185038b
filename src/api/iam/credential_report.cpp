// Who has which credentials, as a table. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
#include <boost/json.hpp>

#include "api/iam/operations.h"
#include "base/text_time.h"

namespace tocsin::api::iam {
namespace {

using access::AccessKey;

constexpr std::size_t all = 100'000;
constexpr Duration made_anew_after = std::chrono::hours(4);
constexpr std::string_view head =
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,"
    "access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_"
    "service,"
    "access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_"
    "service,"
    "cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated";

std::string time_text(Instant at) {
  std::string text = to_rfc3339(instant_from_ms(to_ns(at) / 1'000'000'000 * 1000));
  if (text.ends_with('Z')) text.replace(text.size() - 1, 1, "+00:00");
  return text;
}

std::string keys_text(const std::vector<AccessKey>& keys) {
  std::string out;
  for (std::size_t i = 0; i < 2; ++i) {
    if (i >= keys.size()) {
      out += ",false,N/A,N/A,N/A,N/A";
      continue;
    }
    const AccessKey& key = keys[i];
    out += std::string(key.active ? ",true," : ",false,") + time_text(key.created) + ',' +
           (key.last_used ? time_text(*key.last_used) + ',' + key.last_used_region + ',' + key.last_used_service : "N/A,N/A,N/A");
  }
  return out;
}

std::string password_text(const IamRooms& rooms, const std::string& account, const std::string& user_name) {
  const auto profile = rooms.login_profiles.find(account, user_name);
  if (!profile) return "false,N/A,N/A,N/A";
  const auto policy = rooms.accounts.password_policy(account);
  const bool expires = policy && policy->age_days_max > 0;
  return "true," + (profile->last_used ? time_text(*profile->last_used) : std::string("no_information")) + ',' +
         time_text(profile->changed) + ',' +
         (expires ? time_text(profile->changed + std::chrono::hours(24 * policy->age_days_max)) : std::string("N/A"));
}

std::string report_of(const IamRooms& rooms, const std::string& account, Instant now) {
  constexpr std::string_view no_certificates = ",false,N/A,false,N/A";
  std::string out(head);
  const auto users = rooms.identities.list(EntityKind::user, account, "/", "", all);
  // an account is there since its first user was
  Instant since = now;
  for (const Entity& user : users) since = std::min(since, user.created);
  out += "\n<root_account>,arn:aws:iam::" + account + ":root," + time_text(since) +
         ",not_supported,no_information,not_supported,not_supported,false" + keys_text(rooms.keys.list(account, "")) +
         std::string(no_certificates);
  for (const Entity& user : users)
    out += '\n' + user.name + ',' + user.arn() + ',' + time_text(user.created) + ',' + password_text(rooms, account, user.name) +
           (rooms.mfa_devices.of_user(account, user.name).empty() ? ",false" : ",true") +
           keys_text(rooms.keys.list(account, user.name)) + std::string(no_certificates);
  return out;
}

}  // namespace

Reply generate_credential_report(const IamRooms& rooms, const Call& call) {
  const auto before = rooms.accounts.credential_report(call.scope.account);
  if (before && call.now - before->made < made_anew_after) return Object{{"State", "COMPLETE"}};
  rooms.accounts.set_credential_report(call.scope.account, {report_of(rooms, call.scope.account, call.now), call.now});
  return Object{{"State", "STARTED"}, {"Description", "No report exists. Starting a new report generation task"}};
}

Reply get_credential_report(const IamRooms& rooms, const Call& call) {
  const auto report = rooms.accounts.credential_report(call.scope.account);
  if (!report) return refuse("CredentialReportNotPresentException", "No report exists. Please use GenerateCredentialReport to create one.");
  if (call.now - report->made >= made_anew_after)
    return refuse("CredentialReportExpiredException", "The report has expired. Please use GenerateCredentialReport to create a new one.");
  return Object{{"Content", report->text}, {"ReportFormat", "text/csv"}, {"GeneratedTime", to_ns(report->made)}};
}

}  // namespace tocsin::api::iam
