#include "communicate/storm/storm_planner.h"

#include <fmt/format.h>

#include <algorithm>

namespace tocsin::storm {
namespace {

using Kind = Told::Kind;

template <typename Wanted>
std::ptrdiff_t count(const std::vector<Told>& told, Wanted wanted) {
  return std::ranges::count_if(told, wanted);
}

// a digest soon at first; after several in an hour in longer pauses
Instant next_digest(const Policy& policy, const std::vector<Told>& told, std::optional<Instant> waiting, Instant now) {
  if (waiting && *waiting > now) return *waiting;
  std::ptrdiff_t digests = 0;
  Instant last{};
  for (const Told& each : told) {
    if (each.kind != Kind::digest || each.at + std::chrono::hours(1) <= now) continue;
    ++digests;
    last = std::max(last, each.at);
  }
  if (digests == 0) return now + policy.digest_first;
  Duration pause = policy.digest_next;
  for (std::ptrdiff_t i = 1; i < digests && pause < policy.digest_pause_max; ++i) pause *= 2;
  return std::max(now + policy.digest_first, last + std::min(pause, policy.digest_pause_max));
}

Plan fold(const Policy& policy, const std::vector<Told>& told, std::optional<Instant> waiting, Instant now, std::string words) {
  return {Act::fold, next_digest(policy, told, waiting, now), std::move(words)};
}

}  // namespace

Plan plan(const Policy& policy, const std::vector<Told>& told, std::optional<Instant> digest_due, const Notice& notice, Instant now) {
  const bool low = notice.impact >= policy.low_urgency_from;
  if (low && policy.quiet)
    if (const Instant end = policy.quiet->end_of(now); end > now) return {Act::hold, end, "low urgency waits for the end of quiet hours"};

  const Instant window = now - policy.at_once_window, hour = now - std::chrono::hours(1);
  if (notice.repeat) {
    const auto sent = count(told, [&](const Told& each) { return each.kind != Kind::folded && each.at > hour; });
    if (sent < policy.repeats_max) return {Act::send, now, ""};
    return fold(policy, told, digest_due, now, fmt::format("{} messages in an hour", sent));
  }

  const auto of_group = [&](const Told& each) {
    return each.kind != Kind::digest && each.group == notice.group && each.at > now - policy.flap_window;
  };
  const auto flaps = count(told, of_group) + 1;
  const bool worse_than_before =
      std::ranges::none_of(told, [&](const Told& each) { return of_group(each) && each.impact <= notice.impact; });
  if (flaps > policy.flaps_max && !worse_than_before)
    return fold(policy, told, digest_due, now, fmt::format("flapping: {} times in an hour", flaps));

  const auto sent_since = [&](Instant since) {
    return count(told, [&](const Told& each) { return each.kind == Kind::page && each.at > since; });
  };
  const auto sent_now = sent_since(window), sent_in_hour = sent_since(hour);
  const bool many = sent_in_hour >= policy.at_once_hour_max;
  const Instant since = many ? hour : window;
  const bool worst = std::ranges::none_of(
      told, [&](const Told& each) { return each.kind == Kind::page && each.at > since && each.impact <= notice.impact; });
  if (worst || (sent_now < policy.at_once_max && !many))
    return {Act::send, now,
            flaps < policy.flaps_max
                ? ""
                : fmt::format("Flapping: {} times in an hour. What follows comes in digests until it has been quiet.", flaps)};
  if (many) return fold(policy, told, digest_due, now, fmt::format("{} pages in an hour", sent_in_hour));
  return fold(policy, told, digest_due, now,
              fmt::format("{} pages in {} minutes", sent_now, policy.at_once_window / std::chrono::minutes(1)));
}

}  // namespace tocsin::storm
