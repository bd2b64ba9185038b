#include "api/cloudwatch/service.h"

#include "api/cloudwatch/anomaly_detectors.h"
#include "api/cloudwatch/operations.h"

namespace tocsin::api {

Service make_cloudwatch_service(telemetry::MetricStore& metrics, detect::Alarms& alarms, ListTokens tokens, telemetry::MathSources sources,
                                detect::AnomalyDetectors* anomalies) {
  using namespace cloudwatch;
  const auto of_metrics = [&metrics](Reply (*operation)(MetricStore&, const Call&)) {
    return [&metrics, operation](const Call& call) { return operation(metrics, call); };
  };
  const auto of_alarms = [&alarms](Reply (*operation)(Alarms&, const Call&)) {
    return [&alarms, operation](const Call& call) { return operation(alarms, call); };
  };
  Service service{
      .name = "cloudwatch",
      .operations = {
          {"PutMetricData", of_metrics(put_metric_data)},
          {"GetMetricData", [&metrics, tokens, sources](const Call& call) { return get_metric_data(metrics, sources, tokens, call); }},
          {"GetMetricStatistics", of_metrics(get_metric_statistics)},
          {"ListMetrics", [&metrics, tokens](const Call& call) { return list_metrics(metrics, tokens, call); }},
          {"PutMetricAlarm", of_alarms(put_metric_alarm)},
          {"PutCompositeAlarm", of_alarms(put_composite_alarm)},
          {"DescribeAlarms", [&alarms, tokens](const Call& call) { return describe_alarms(alarms, tokens, call); }},
          {"DescribeAlarmsForMetric", of_alarms(describe_alarms_for_metric)},
          {"DescribeAlarmHistory", [&alarms, tokens](const Call& call) { return describe_alarm_history(alarms, tokens, call); }},
          {"DeleteAlarms", of_alarms(delete_alarms)},
          {"SetAlarmState", of_alarms(set_alarm_state)},
          {"EnableAlarmActions", [&alarms](const Call& call) { return enable_alarm_actions(alarms, call, true); }},
          {"DisableAlarmActions", [&alarms](const Call& call) { return enable_alarm_actions(alarms, call, false); }},
          {"DescribeAlarmContributors", [&alarms, tokens](const Call& call) { return describe_alarm_contributors(alarms, tokens, call); }},
          {"PutAlarmMuteRule", of_alarms(put_alarm_mute_rule)},
          {"GetAlarmMuteRule", of_alarms(get_alarm_mute_rule)},
          {"ListAlarmMuteRules", [&alarms, tokens](const Call& call) { return list_alarm_mute_rules(alarms, tokens, call); }},
          {"DeleteAlarmMuteRule", of_alarms(delete_alarm_mute_rule)},
          {"TagResource", of_alarms(tag_resource)},
          {"UntagResource", of_alarms(untag_resource)},
          {"ListTagsForResource", of_alarms(list_tags_for_resource)},
      }};
  if (!anomalies) return service;
  service.operations.insert(
      service.operations.end(),
      {{"PutAnomalyDetector", [anomalies](const Call& call) { return put_anomaly_detector(*anomalies, call); }},
       {"DescribeAnomalyDetectors", [anomalies, tokens](const Call& call) { return describe_anomaly_detectors(*anomalies, tokens, call); }},
       {"DeleteAnomalyDetector", [anomalies](const Call& call) { return delete_anomaly_detector(*anomalies, call); }}});
  return service;
}

}  // namespace tocsin::api
