// The operations of CloudWatch on views of metrics: dashboards, saved query definitions, pictures of widgets.
#pragma once

#include "api/call.h"
#include "api/list_tokens.h"
#include "base/random.h"
#include "detect/alarms/alarms.h"
#include "telemetry/dashboards/dashboards.h"
#include "telemetry/metrics/math/metric_query.h"

namespace tocsin::api::cloudwatch {

using detect::Alarms;
using telemetry::Dashboards;
using telemetry::MetricStore;

Reply put_dashboard(Dashboards&, Alarms&, const Call&);
Reply get_dashboard(Dashboards&, const Call&);
Reply list_dashboards(Dashboards&, const ListTokens&, const Call&);
Reply delete_dashboards(Dashboards&, Alarms&, const Call&);

Reply put_query_definition(Dashboards&, Alarms&, Random&, const Call&);
Reply get_query_definition(Dashboards&, const Call&);
Reply list_query_definitions(Dashboards&, const ListTokens&, const Call&);
Reply delete_query_definition(Dashboards&, Alarms&, const Call&);

Reply get_metric_widget_image(MetricStore&, const telemetry::MathSources&, const Call&);

/// All referred to must outlive the service. The tags of views are kept with those of alarms, by ARN.
struct ViewRooms {
  MetricStore& metrics;
  Alarms& alarms;
  Dashboards& dashboards;
  Random& random;
  ListTokens tokens;
  telemetry::MathSources sources = {};
};

/// Adds them to the service of the metrics and alarms, whose operations on tags then know views too.
void add_views(Service& service, const ViewRooms& rooms);

}  // namespace tocsin::api::cloudwatch
