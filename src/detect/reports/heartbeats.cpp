#include "detect/reports/heartbeats.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <charconv>

#include "base/text_time.h"

namespace tocsin::detect {

using namespace std::chrono_literals;

namespace {

constexpr const char* timer_kind = "heartbeats.missed";
constexpr std::size_t text_bytes_max = 10'000;

ReportedAlert make_alert(const std::string& name, bool firing) {
  return {.source = "heartbeats", .key = name, .name = name, .firing = firing, .labels = {{"heartbeat", name}}};
}

}  // namespace

std::optional<Duration> parse_span(std::string_view text) {
  std::int64_t count = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view unit = text.substr(static_cast<std::size_t>(parsed.ptr - text.data()));
  if (parsed.ec != std::errc() || count < 1 || count > 31 * 86400) return std::nullopt;
  Duration span;
  if (unit.empty() || unit == "s")
    span = std::chrono::seconds(count);
  else if (unit == "m")
    span = std::chrono::minutes(count);
  else if (unit == "h")
    span = std::chrono::hours(count);
  else if (unit == "d")
    span = std::chrono::hours(24 * std::min<std::int64_t>(count, 32));
  else
    return std::nullopt;
  return span <= 31 * 24h ? std::optional(span) : std::nullopt;
}

bool is_heartbeat_name(std::string_view name) {
  return !name.empty() && name.size() <= 128 &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == std::string_view::npos;
}

void Heartbeats::start() {
  timers_.handle(timer_kind, [this](const std::string&, Instant due, const Document& payload) { return missed(due, payload); });
}

void Heartbeats::ping(const Scope& scope, const Ping& ping) {
  ReportedAlert alert = make_alert(ping.name, ping.failed);
  alert.severity = "critical";
  if (ping.failed) alert.summary = fmt::format("{} says that it failed", ping.name);
  alert.description = ping.text.substr(0, text_bytes_max);
  reports_.take(scope, alert);
  timers_.set(timer_kind, scope.account + "/" + scope.region + "/" + ping.name, state_.now() + ping.every + ping.grace,
              Object{{"account", scope.account},
                     {"region", scope.region},
                     {"name", ping.name},
                     {"last_ns", to_ns(state_.now())},
                     {"every_ns", ping.every.count()}});
}

void Heartbeats::forget(const Scope& scope, const std::string& name) {
  timers_.cancel(timer_kind, scope.account + "/" + scope.region + "/" + name);
  reports_.take(scope, make_alert(name, false));
}

Result<void> Heartbeats::missed(Instant due, const Document& payload) {
  const std::string name = text_or(payload, "name");
  const Instant last = instant_from_ns(integer_or(payload, "last_ns", 0));
  ReportedAlert alert = make_alert(name, true);
  alert.severity = "critical";
  alert.summary = fmt::format("No ping from {} since {}", name, to_rfc3339(last));
  alert.description = fmt::format("A ping was due every {}.", to_words(Duration(integer_or(payload, "every_ns", 0))));
  alert.starts_at = due;
  reports_.take({text_or(payload, "account"), text_or(payload, "region")}, alert);
  return {};
}

}  // namespace tocsin::detect
