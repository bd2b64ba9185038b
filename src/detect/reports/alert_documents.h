// Readers of what other tools post. Pure; `invalid` says what is wrong with the document, for its sender.
#pragma once

#include <vector>

#include "base/document.h"
#include "base/result.h"
#include "detect/reports/reported_alert.h"

namespace tocsin::detect {

/// How many alerts one document may hold.
inline constexpr std::size_t alerts_per_document_max = 10'000;

/// Alertmanager's webhook, version 4, and Grafana's, which has the same form.
/// https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
/// https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/
Result<std::vector<ReportedAlert>> read_alertmanager_webhook(const Document& document, const std::string& source);

/// POST /api/v2/alerts of Alertmanager, as Prometheus sends it: without an end an alert holds for five minutes, with one until then.
/// https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml
Result<std::vector<ReportedAlert>> read_posted_alerts(const Document& document, Instant now);

/// A mapping for a tool that has a form of its own: {"key": "$.id", "name": …, "status": …, "resolvedValues": ["ok"], "severity": …,
/// "summary": …, "description": …, "startsAt": …, "link": …, "labels": {NAME: …}, "alerts": "$.list"}. A value that begins with $ is a path
/// into the document (or into each element of "alerts"), as $.a.b[0].c; any other stands for itself. `key` is wanted.
Result<void> check_mapping(const Document& mapping);
Result<std::vector<ReportedAlert>> read_mapped(const Document& document, const Document& mapping, const std::string& source);

/// What a path leads to, as text; "" when to nothing. Objects and lists are their JSON.
std::string text_at_path(const Document& document, std::string_view path);

}  // namespace tocsin::detect
