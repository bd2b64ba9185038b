#include "detect/reports/reported_alert.h"

#include <fmt/format.h>

namespace tocsin::detect {
namespace {

std::string first_of(const LabelMap& map, std::initializer_list<const char*> names) {
  for (const char* name : names)
    if (const auto found = map.find(name); found != map.end() && !found->second.empty()) return found->second;
  return {};
}

}  // namespace

std::string fingerprint_of(const LabelMap& labels) {
  std::uint64_t hash = 14695981039346656037ull;
  const auto mix = [&](std::string_view text) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
    hash = (hash ^ 0xFF) * 1099511628211ull;
  };
  for (const auto& [name, value] : labels) {
    mix(name);
    mix(value);
  }
  return fmt::format("{:016x}", hash);
}

void fill_from_labels(ReportedAlert& alert) {
  if (alert.name.empty()) alert.name = first_of(alert.labels, {"alertname"});
  if (alert.severity.empty()) alert.severity = first_of(alert.labels, {"severity", "priority", "level"});
  if (alert.summary.empty()) alert.summary = first_of(alert.annotations, {"summary", "title", "message"});
  if (alert.description.empty()) alert.description = first_of(alert.annotations, {"description", "message"});
  if (alert.name.empty()) alert.name = alert.summary.empty() ? alert.key : alert.summary;
}

}  // namespace tocsin::detect
