#include "remediate/automation/iso_duration.h"

#include <re2/re2.h>

namespace tocsin::remediate {

std::optional<Duration> parse_iso_duration(std::string_view text) {
  static const RE2 pattern(R"(P(?:(\d{1,3})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,6})M)?(?:(\d{1,8})(?:\.\d+)?S)?)?)");
  std::string days, hours, minutes, seconds;
  if (!RE2::FullMatch(re2::StringPiece(text.data(), text.size()), pattern, &days, &hours, &minutes, &seconds)) return std::nullopt;
  if (days.empty() && hours.empty() && minutes.empty() && seconds.empty()) return std::nullopt;
  const auto number = [](const std::string& digits) { return digits.empty() ? 0LL : std::stoll(digits); };
  const Duration total =
      std::chrono::hours(24 * number(days) + number(hours)) + std::chrono::minutes(number(minutes)) + std::chrono::seconds(number(seconds));
  if (total > std::chrono::hours(24 * 366)) return std::nullopt;
  return total;
}

}  // namespace tocsin::remediate
