#include "detect/alarms/mute_rule.h"

#include <algorithm>
#include <charconv>

namespace tocsin::detect {
namespace {

using namespace std::chrono_literals;
constexpr Duration shortest = 1min, longest = 24h * 15;

std::optional<Duration> unit_of(char letter, bool of_time) {
  if (!of_time) return letter == 'D' ? std::optional<Duration>(24h) : letter == 'W' ? std::optional<Duration>(24h * 7) : std::nullopt;
  if (letter == 'H') return 1h;
  if (letter == 'M') return 1min;
  if (letter == 'S') return 1s;
  return std::nullopt;
}

std::optional<Duration> iso_duration(std::string_view text) {
  if (!text.starts_with('P')) return std::nullopt;
  text.remove_prefix(1);
  Duration sum{};
  bool of_time = false, some = false;
  while (!text.empty()) {
    if (text.front() == 'T' && !of_time) {
      of_time = true;
      some = false;
      text.remove_prefix(1);
      continue;
    }
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + std::min<std::size_t>(text.size(), 9), count);
    if (error != std::errc{} || count < 0 || end == text.data() + text.size()) return std::nullopt;
    const auto unit = unit_of(*end, of_time);
    if (!unit || count > longest / *unit + 1) return std::nullopt;
    sum += *unit * count;
    some = true;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
  }
  return some ? std::optional(sum) : std::nullopt;
}

/// The newest occurrence in (from, to].
std::optional<Instant> newest_occurrence(const Schedule& schedule, Instant from, Instant to) {
  // occurrences are minutes apart at least; looking back in growing steps finds the newest without walking all of a long window
  for (Duration step = 1min;; step *= 2) {
    const Instant after = std::max(from, to - step);
    auto found = schedule.next_after(after, after);
    if (found && *found <= to) {
      for (auto next = found; next && *next <= to; next = schedule.next_after(*next, *next)) found = next;
      return found;
    }
    if (after == from) return std::nullopt;
  }
}

}  // namespace

std::string_view to_text(MuteStatus status) {
  switch (status) {
    case MuteStatus::scheduled:
      return "SCHEDULED";
    case MuteStatus::active:
      return "ACTIVE";
    case MuteStatus::expired:
      return "EXPIRED";
  }
  return "";
}

Result<Duration> parse_mute_duration(std::string_view text) {
  const auto duration = iso_duration(text);
  if (!duration) return fail(ErrorKind::invalid, "Duration must be an ISO 8601 duration, for example PT4H.");
  if (*duration < shortest || *duration > longest)
    return fail(ErrorKind::invalid, "Duration must be between 1 minute (PT1M) and 15 days (P15D).");
  return *duration;
}

Result<MuteTerms> parse_mute_terms(const Document& definition) {
  const Document* schedule = find(find(definition, "Rule"), "Schedule");
  if (!schedule) return fail(ErrorKind::invalid, "Rule.Schedule is required.");
  const std::string expression = text_or(*schedule, "Expression");
  auto parsed = parse_mute_schedule(expression, text_or(*schedule, "Timezone", "UTC"));
  if (!parsed) return fail(ErrorKind::invalid, "Rule.Schedule is not valid: " + parsed.error().message);
  const auto duration = parse_mute_duration(text_or(*schedule, "Duration"));
  if (!duration) return std::unexpected(duration.error());
  const auto time = [&](const char* member) -> std::optional<Instant> {
    const auto ns = integer_at(definition, member);
    return ns ? std::optional(instant_from_ns(*ns)) : std::nullopt;
  };
  MuteTerms terms{std::move(*parsed), *duration, expression.starts_with("at("), time("StartDate"), time("ExpireDate")};
  if (terms.start && terms.expire && *terms.start >= *terms.expire)
    return fail(ErrorKind::invalid, "ExpireDate must be later than StartDate.");
  return terms;
}

std::optional<MuteWindow> mute_window_at(const MuteTerms& terms, Instant at) {
  if ((terms.start && at < *terms.start) || (terms.expire && at >= *terms.expire)) return std::nullopt;
  const auto begun = newest_occurrence(terms.schedule, at - terms.duration, at);
  if (!begun) return std::nullopt;
  MuteWindow window{*begun, *begun + terms.duration};
  if (terms.start) window.start = std::max(window.start, *terms.start);
  if (terms.expire) window.end = std::min(window.end, *terms.expire);
  return window;
}

MuteStatus mute_status(const MuteTerms& terms, Instant at) {
  if (mute_window_at(terms, at)) return MuteStatus::active;
  if (terms.expire && at >= *terms.expire) return MuteStatus::expired;
  if (terms.start && at < *terms.start && mute_window_at(terms, *terms.start)) return MuteStatus::scheduled;
  const Instant from = terms.start ? std::max(at, *terms.start) : at;
  const auto next = terms.schedule.next_after(from, from);
  return next && (!terms.expire || *next < *terms.expire) ? MuteStatus::scheduled : MuteStatus::expired;
}

}  // namespace tocsin::detect
