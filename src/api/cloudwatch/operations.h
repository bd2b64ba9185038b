// CloudWatch's operations, one function each. All run in the request's unit of work.
#pragma once

#include "api/call.h"
#include "api/list_tokens.h"
#include "detect/alarms/alarms.h"
#include "telemetry/metrics/math/metric_query.h"

namespace tocsin::api::cloudwatch {

using detect::Alarms;
using telemetry::MetricStore;

Reply put_metric_data(MetricStore&, const Call&);
Reply get_metric_data(MetricStore&, const telemetry::MathSources&, const ListTokens&, const Call&);
Reply get_metric_statistics(MetricStore&, const Call&);
Reply list_metrics(MetricStore&, const ListTokens&, const Call&);

Reply put_metric_alarm(Alarms&, const Call&);
Reply put_composite_alarm(Alarms&, const Call&);
Reply describe_alarms(Alarms&, const ListTokens&, const Call&);
Reply describe_alarms_for_metric(Alarms&, const Call&);
Reply describe_alarm_history(Alarms&, const ListTokens&, const Call&);
Reply delete_alarms(Alarms&, const Call&);
Reply set_alarm_state(Alarms&, const Call&);
Reply enable_alarm_actions(Alarms&, const Call&, bool enabled);
Reply describe_alarm_contributors(Alarms&, const ListTokens&, const Call&);

Reply put_alarm_mute_rule(Alarms&, const Call&);
Reply get_alarm_mute_rule(Alarms&, const Call&);
Reply list_alarm_mute_rules(Alarms&, const ListTokens&, const Call&);
Reply delete_alarm_mute_rule(Alarms&, const Call&);

Reply tag_resource(Alarms&, const Call&);
Reply untag_resource(Alarms&, const Call&);
Reply list_tags_for_resource(Alarms&, const Call&);

}  // namespace tocsin::api::cloudwatch
