#include "wire/syslog/syslog_message.h"

#include <array>
#include <charconv>
#include <cstdio>

#include "base/text_time.h"

namespace tocsin::wire {
namespace {

constexpr std::array<std::string_view, 24> facilities = {
    "kern", "user",     "mail",    "daemon",       "auth",   "syslog", "lpr",    "news",   "uucp",   "cron",   "authpriv", "ftp",
    "ntp",  "security", "console", "solaris-cron", "local0", "local1", "local2", "local3", "local4", "local5", "local6",   "local7"};
constexpr std::array<std::string_view, 8> severities = {"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"};
constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

class Reader {
 public:
  Reader(std::string_view bytes, Instant now) : rest_(bytes), now_(now) {}

  SyslogMessage read() {
    while (!rest_.empty() && (rest_.back() == '\n' || rest_.back() == '\r' || rest_.back() == '\0')) rest_.remove_suffix(1);
    if (!priority()) {
      message_.text = rest_;
      return std::move(message_);
    }
    if (rest_.starts_with("1 ")) {
      rest_.remove_prefix(2);
      rfc5424();
    } else {
      rfc3164();
    }
    return std::move(message_);
  }

 private:
  bool priority() {
    const std::size_t end = rest_.find('>');
    if (!rest_.starts_with('<') || end == std::string_view::npos || end > 4) return false;
    const auto value = number(rest_.substr(1, end - 1));
    if (!value || *value > 191 || *value < 0) return false;
    message_.facility = *value / 8;
    message_.severity = *value % 8;
    rest_.remove_prefix(end + 1);
    return true;
  }

  /// Up to the next blank, which is taken too; "-" is nothing.
  std::string word() {
    const std::size_t end = std::min(rest_.find(' '), rest_.size());
    const std::string_view found = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    return found == "-" ? std::string() : std::string(found);
  }

  void rfc5424() {
    if (const std::string time = word(); !time.empty())
      if (const auto parsed = parse_rfc3339(time)) message_.time = *parsed;
    message_.host = word();
    message_.app = word();
    message_.process_id = word();
    message_.message_id = word();
    if (rest_.starts_with('-'))
      rest_.remove_prefix(1);
    else
      while (rest_.starts_with('[') && element()) {
      }
    if (rest_.starts_with(' ')) rest_.remove_prefix(1);
    if (rest_.starts_with("\xef\xbb\xbf")) rest_.remove_prefix(3);
    message_.text = rest_;
  }

  /// [id name="value" …]; left as it is when it is broken.
  bool element() {
    std::size_t at = 1;
    const auto until = [&](std::string_view ends) {
      const std::size_t begin = at;
      while (at < rest_.size() && ends.find(rest_[at]) == std::string_view::npos) ++at;
      return rest_.substr(begin, at - begin);
    };
    const std::string id(until(" ]"));
    std::map<std::string, std::string> parameters;
    while (at < rest_.size() && rest_[at] == ' ') {
      while (at < rest_.size() && rest_[at] == ' ') ++at;
      const std::string name(until("=]"));
      if (at + 1 >= rest_.size() || rest_[at] != '=') return false;
      ++at;
      while (at < rest_.size() && rest_[at] == ' ') ++at;
      if (at >= rest_.size() || rest_[at] != '"') return false;
      std::string value;
      for (++at; at < rest_.size() && rest_[at] != '"'; ++at) {
        if (rest_[at] == '\\' && at + 1 < rest_.size() && std::string_view("\"\\]").find(rest_[at + 1]) != std::string_view::npos) ++at;
        value += rest_[at];
      }
      if (at++ >= rest_.size()) return false;
      parameters[name] = value;
    }
    if (at >= rest_.size() || rest_[at] != ']') return false;
    message_.structured_data[id] = std::move(parameters);
    rest_.remove_prefix(at + 1);
    return true;
  }

  void rfc3164() {
    if (!old_time() && !new_time()) {
      message_.text = rest_;
      return;
    }
    // a sender on the same machine gives no host: then the tag comes at once
    const std::size_t blank = rest_.find(' '), colon = rest_.find(':');
    if (blank != std::string_view::npos && (colon == std::string_view::npos || blank < colon)) message_.host = word();
    tag();
  }

  /// "Oct 11 22:14:15 "
  bool old_time() {
    if (rest_.size() < 16 || rest_[3] != ' ' || rest_[6] != ' ' || rest_[9] != ':' || rest_[12] != ':' || rest_[15] != ' ') return false;
    int month = 0;
    for (std::size_t i = 0; i < months.size(); ++i)
      if (rest_.starts_with(months[i])) month = static_cast<int>(i) + 1;
    const auto day = number(rest_[4] == ' ' ? rest_.substr(5, 1) : rest_.substr(4, 2));
    if (month == 0 || !day) return false;
    const std::string time(rest_.substr(7, 8));
    const int year = *number(to_rfc3339(now_).substr(0, 4));
    const auto in_year = [&](int of) {
      char text[32];
      std::snprintf(text, sizeof text, "%04d-%02d-%02dT%sZ", of, month, *day, time.c_str());
      return parse_rfc3339(text);
    };
    auto at = in_year(year);
    // of the last days of the year before, or of a clock that is ahead into the next
    if (at && *at > now_ + std::chrono::days(30)) at = in_year(year - 1);
    if (!at) return false;
    message_.time = *at;
    rest_.remove_prefix(16);
    return true;
  }

  /// What many senders write instead: RFC 3339.
  bool new_time() {
    const std::size_t end = rest_.find(' ');
    if (end == std::string_view::npos || end < 19 || !is_digit(rest_[0])) return false;
    const auto at = parse_rfc3339(std::string(rest_.substr(0, end)));
    if (!at) return false;
    message_.time = *at;
    rest_.remove_prefix(end + 1);
    return true;
  }

  /// "app[pid]: text"
  void tag() {
    const std::size_t colon = rest_.find(':');
    const std::string_view found = rest_.substr(0, colon == std::string_view::npos ? 0 : colon);
    if (found.empty() || found.find(' ') != std::string_view::npos || found.size() > 128) {
      message_.text = rest_;
      return;
    }
    const std::size_t bracket = found.find('[');
    message_.app = found.substr(0, bracket);
    if (bracket != std::string_view::npos && found.ends_with(']'))
      message_.process_id = found.substr(bracket + 1, found.size() - bracket - 2);
    rest_.remove_prefix(colon + 1);
    if (rest_.starts_with(' ')) rest_.remove_prefix(1);
    message_.text = rest_;
  }

  std::string_view rest_;
  Instant now_;
  SyslogMessage message_;
};

}  // namespace

SyslogMessage parse_syslog(std::string_view bytes, Instant now) { return Reader(bytes, now).read(); }
std::string_view facility_name(int facility) {
  return facility >= 0 && facility < 24 ? facilities[static_cast<std::size_t>(facility)] : "user";
}
std::string_view severity_name_of_syslog(int severity) {
  return severity >= 0 && severity < 8 ? severities[static_cast<std::size_t>(severity)] : "notice";
}

}  // namespace tocsin::wire
