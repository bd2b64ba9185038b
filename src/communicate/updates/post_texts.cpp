#include "communicate/updates/post_texts.h"

#include <fmt/format.h>

#include "base/text_time.h"

namespace tocsin::updates {

using incidents::CustomerState;

std::string post_time(Instant at) { return to_rfc3339(at).substr(11, 5) + " UTC"; }

std::optional<Instant> next_post_due(CustomerState state, Instant started, Instant now, std::size_t count) {
  if (state == CustomerState::resolved) return std::nullopt;
  if (count == 0) return now + scope_after;
  return now + (now - started < std::chrono::hours(2) ? cadence : cadence_after_two_hours);
}

std::string post_text(const PublicIncident& i, CustomerState state, Instant now, std::optional<Instant> next_due) {
  const std::string next = next_due ? post_time(*next_due) : "";
  const std::string component = i.components.empty() ? "the service" : i.components.front();
  switch (state) {
    case CustomerState::investigating:
      // again under investigation: the fix did not hold
      if (i.monitoring)
        return fmt::format("{} for {} again since {}. We are looking into it. Next update by {}.", i.symptom, i.who, post_time(now), next);
      return fmt::format("{} for {} since {}. Scope by {}.", i.symptom, i.who, post_time(i.started), next);
    case CustomerState::identified:
      return fmt::format("Cause found; we are putting it right. Still affected: {}. Next update by {}.", i.who, next);
    case CustomerState::monitoring:
      return fmt::format("Fix in place {}; {} is back to normal. We keep watching. Next update by {}.", post_time(now), component, next);
    case CustomerState::resolved:
      return fmt::format("Resolved {}, lasted {}.", post_time(now), tocsin::to_words(now - i.started));
  }
  return {};
}

}  // namespace tocsin::updates
