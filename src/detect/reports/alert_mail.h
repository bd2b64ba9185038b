// A mail of a tool as an alert. Pure.
#pragma once

#include "detect/reports/reported_alert.h"

namespace tocsin::detect {

/// The subject says what it is about and whether it is over: words such as RESOLVED, RECOVERY, OK or UP at its beginning, or in brackets,
/// say so; what is left without them, and without ALERT, PROBLEM, FIRING, DOWN and their like, is the alert's key. nullopt when nothing is
/// left.
std::optional<ReportedAlert> read_alert_mail(const std::string& from, const std::string& subject, const std::string& text);

}  // namespace tocsin::detect
