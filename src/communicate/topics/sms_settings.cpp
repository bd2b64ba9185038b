#include "communicate/topics/sms_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/letters.h"
#include "communicate/topics/topic_rows.h"

namespace tocsin::communicate {

using namespace std::chrono_literals;

namespace {

constexpr auto opt_in_interval = 30 * 24h;
/// Where an answer's opting out is kept: it names no account.
constexpr const char* every_account = "*";
// https://docs.aws.amazon.com/sns/latest/dg/sms_manage.html
constexpr std::string_view opt_out_words[] = {"arret",  "cancel", "end",     "opt-out", "optout",     "quit",
                                              "remove", "stop",   "stopall", "td",      "unsubscribe"};
constexpr std::string_view opt_in_words[] = {"start", "unstop"};

/// The text in small letters, without blanks and marks around it.
std::string keyword_of(std::string_view text) {
  std::string word = lower_case(text);
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  while (!word.empty() && !is_letter(word.back())) word.pop_back();
  word.erase(word.begin(), std::ranges::find_if(word, is_letter));
  return word;
}

const std::vector<storage::Migration> migrations = {
    {1, R"(
CREATE TABLE sns_sms_settings (account TEXT NOT NULL, region TEXT NOT NULL, attributes TEXT NOT NULL, PRIMARY KEY (account, region));
CREATE TABLE sns_sms_opt_outs (
  account TEXT NOT NULL, region TEXT NOT NULL, phone_number TEXT NOT NULL, opted_out INTEGER NOT NULL, opted_in_at INTEGER NOT NULL,
  PRIMARY KEY (account, region, phone_number));
)"},
};

bool is_whole(const std::string& text, int min, int max) {
  if (text.empty() || text.size() > 9 || text.find_first_not_of("0123456789") != std::string::npos) return false;
  const int number = std::stoi(text);
  return number >= min && number <= max;
}

/// 1 to 11 letters and digits, one letter at least, no blanks.
bool is_sender_id(const std::string& text) {
  const auto letter = [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; };
  return !text.empty() && text.size() <= 11 && std::ranges::any_of(text, letter) &&
         std::ranges::all_of(text, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; });
}

Result<void> check(const std::string& name, const std::string& value) {
  bool good = true;
  if (name == "MonthlySpendLimit")
    good = is_whole(value, 0, 999'999'999);
  else if (name == "DeliveryStatusSuccessSamplingRate")
    good = is_whole(value, 0, 100);
  else if (name == "DefaultSenderID")
    good = value.empty() || is_sender_id(value);
  else if (name == "DefaultSMSType")
    good = value == "Promotional" || value == "Transactional";
  else if (name == "DeliveryStatusIAMRole")
    good = value.empty() || value.starts_with("arn:aws:iam::");
  else if (name != "UsageReportS3Bucket")
    return bad_parameter(fmt::format("{} is not a valid attribute", name));
  return good ? Result<void>() : bad_parameter(fmt::format("{} Reason: {} is not a valid value", name, value));
}

}  // namespace

bool is_phone_number(std::string_view text) {
  return text.size() >= 3 && text.size() <= 16 && text[0] == '+' && text[1] != '0' &&
         text.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

Result<void> SmsSettings::migrate() { return state_.database().migrate("sns_sms", migrations); }

Result<void> SmsSettings::set(const Scope& scope, const TextMap& attributes) {
  for (const auto& [name, value] : attributes)
    if (const auto checked = check(name, value); !checked) return checked;
  TextMap all = get(scope);
  for (const auto& [name, value] : attributes) {
    if (value.empty())
      all.erase(name);
    else
      all[name] = value;
  }
  state_.database().execute(
      "INSERT INTO sns_sms_settings (account, region, attributes) VALUES (?,?,?) ON CONFLICT (account, region) DO UPDATE SET attributes = "
      "excluded.attributes",
      {scope.account, scope.region, to_object(all)});
  return {};
}

TextMap SmsSettings::get(const Scope& scope) {
  const auto row = state_.database().query_one("SELECT attributes FROM sns_sms_settings WHERE account = ? AND region = ?",
                                               {scope.account, scope.region});
  return row ? to_text_map(row->document(0)) : TextMap();
}

bool SmsSettings::is_opted_out(const Scope& scope, const std::string& phone_number) {
  return state_.database()
      .query_one(
          "SELECT 1 FROM sns_sms_opt_outs WHERE ((account = ? AND region = ?) OR account = ?) AND phone_number = ? AND opted_out = 1",
          {scope.account, scope.region, every_account, phone_number})
      .has_value();
}

std::vector<std::string> SmsSettings::opted_out(const Scope& scope, const std::string& after, int count_max) {
  std::vector<std::string> out;
  for (const auto& row : state_.database().query(
           "SELECT DISTINCT phone_number FROM sns_sms_opt_outs WHERE ((account = ? AND region = ?) OR account = ?) AND opted_out = 1 AND "
           "phone_number > ? ORDER BY phone_number LIMIT ?",
           {scope.account, scope.region, every_account, after, count_max}))
    out.push_back(row.text(0));
  return out;
}

void SmsSettings::opt_out(const Scope& scope, const std::string& phone_number) {
  state_.database().execute(
      "INSERT INTO sns_sms_opt_outs (account, region, phone_number, opted_out, opted_in_at) VALUES (?,?,?,1,0) ON CONFLICT (account, "
      "region, phone_number) DO UPDATE SET opted_out = 1",
      {scope.account, scope.region, phone_number});
}

std::optional<std::string> SmsSettings::on_answer(const std::string& phone_number, std::string_view text) {
  const std::string word = keyword_of(text);
  if (!is_phone_number(phone_number)) return std::nullopt;
  if (std::ranges::find(opt_out_words, word) != std::end(opt_out_words)) {
    opt_out({every_account, ""}, phone_number);
    return "You will get no more notifications by text. Reply START to get them again.";
  }
  if (std::ranges::find(opt_in_words, word) == std::end(opt_in_words)) return std::nullopt;
  // who asks for it oneself need not wait
  if (state_.database().execute("UPDATE sns_sms_opt_outs SET opted_out = 0 WHERE phone_number = ? AND opted_out = 1", {phone_number}) == 0)
    return std::nullopt;
  return "You get notifications by text again. Reply STOP to end them.";
}

Result<void> SmsSettings::opt_in(const Scope& scope, const std::string& phone_number) {
  for (const Scope& where : {scope, Scope{every_account, ""}}) {
    const auto row = state_.database().query_one(
        "SELECT opted_in_at FROM sns_sms_opt_outs WHERE account = ? AND region = ? AND phone_number = ? AND opted_out = 1",
        {where.account, where.region, phone_number});
    if (!row) continue;
    if (row->integer(0) != 0 && state_.now() - row->instant(0) < opt_in_interval)
      return bad_parameter("Phone number cannot be opted in. It can be opted in only once every 30 days");
    state_.database().execute(
        "UPDATE sns_sms_opt_outs SET opted_out = 0, opted_in_at = ? WHERE account = ? AND region = ? AND phone_number = ?",
        {state_.now(), where.account, where.region, phone_number});
  }
  return {};
}

}  // namespace tocsin::communicate
