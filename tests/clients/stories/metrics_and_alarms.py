import json
import time

from server_under_test import wait_until
from stories import check, moment, story


@story("cloudwatch")
def points_come_back_as_statistics(me):
    where = {"Namespace": "Shop", "MetricName": "Latency"}
    dimensions = [{"Name": "Service", "Value": "payment"}]
    at = moment(-60)
    data = [{"MetricName": "Latency", "Dimensions": dimensions, "Timestamp": at, "Value": value, "Unit": "Milliseconds"} for value in (10.5, 20, 30)]
    data.append({"MetricName": "Latency", "Dimensions": dimensions, "Timestamp": at, "StatisticValues": {"SampleCount": 2, "Sum": 100, "Minimum": 40, "Maximum": 60}, "Unit": "Milliseconds"})
    me.call("cloudwatch", "PutMetricData", Namespace="Shop", MetricData=data)
    window = {"StartTime": moment(-600), "EndTime": moment(60)}
    asked = dict(where, Dimensions=dimensions, Period=60, Statistics=["Sum", "Maximum", "SampleCount"], **window)
    (point,) = wait_until("the datapoint", 10, lambda: me.call("cloudwatch", "GetMetricStatistics", **asked)["Datapoints"])
    check((point["Sum"], point["Maximum"], point["SampleCount"]) == (160.5, 60, 5), f"statistics: {point}")
    check(point["Unit"] == "Milliseconds", f"unit: {point}")
    queries = [{"Id": "latency", "MetricStat": {"Metric": dict(where, Dimensions=dimensions), "Period": 60, "Stat": "Sum"}}, {"Id": "half", "Expression": "latency / 2"}]
    results = me.call("cloudwatch", "GetMetricData", MetricDataQueries=queries, **window)["MetricDataResults"]
    check([result["Values"] for result in results] == [[160.5], [80.25]], f"metric data: {results}")
    (metric,) = me.call("cloudwatch", "ListMetrics", **where)["Metrics"]
    check(metric["Dimensions"] == dimensions, f"metrics: {metric}")


@story("cloudwatch")
def a_search_a_query_and_a_dashboard_show_the_same_metrics(me):
    for host, value in (("a", 4), ("b", 8)):
        me.call("cloudwatch", "PutMetricData", Namespace="Fleet", MetricData=[{"MetricName": "Busy", "Dimensions": [{"Name": "Host", "Value": host}], "Value": value, "Timestamp": moment(-60)}])
    queries = [{"Id": "found", "Expression": "SORT(SEARCH('{Fleet,Host} Busy', 'Sum', 60), MAX, DESC)", "Label": "${PROP('Dim.Host')} ${MAX}"},
               {"Id": "most", "Expression": 'SELECT MAX(Busy) FROM Fleet', "Period": 60}]
    results = me.call("cloudwatch", "GetMetricData", MetricDataQueries=queries, StartTime=moment(-600), EndTime=moment(60))["MetricDataResults"]
    check([(result["Label"], result["Values"]) for result in results] == [("b 8", [8]), ("a 4", [4]), ("most", [8])], f"results: {results}")
    body = json.dumps({"widgets": [{"type": "text", "x": 0, "y": 0, "width": 6, "height": 3, "properties": {"markdown": "the fleet"}}]})
    me.call("cloudwatch", "PutDashboard", DashboardName="fleet", DashboardBody=body)
    check(me.call("cloudwatch", "GetDashboard", DashboardName="fleet")["DashboardBody"] == body, "the body came back changed")
    check([entry["DashboardName"] for entry in me.call("cloudwatch", "ListDashboards")["DashboardEntries"]] == ["fleet"], "the list")
    me.call("cloudwatch", "DeleteDashboards", DashboardNames=["fleet"])
    me.refused(("ResourceNotFound", "DashboardNotFoundError"), "", "cloudwatch", "GetDashboard", DashboardName="fleet")


@story("cloudwatch")
def a_bad_call_is_refused_in_the_services_words(me):
    me.refused(("InvalidParameterCombination", "InvalidParameterCombinationException"), "", "cloudwatch", "PutMetricData", Namespace="Shop", MetricData=[
        {"MetricName": "Odd", "Value": 1, "StatisticValues": {"SampleCount": 1, "Sum": 1, "Minimum": 1, "Maximum": 1}}])
    me.refused(("ResourceNotFound", "ResourceNotFoundException"), "", "cloudwatch", "SetAlarmState", AlarmName="of nobody", StateValue="OK", StateReason="none")


@story("cloudwatch", "sns", "sqs")
def an_alarm_goes_off_within_its_period_and_tells_the_topic(me):
    topic = me.call("sns", "CreateTopic", Name="alarms")["TopicArn"]
    url, queue = me.queue("alarms", "sns.amazonaws.com")
    me.call("sns", "Subscribe", TopicArn=topic, Protocol="sqs", Endpoint=queue, ReturnSubscriptionArn=True)
    me.call("cloudwatch", "PutMetricAlarm", AlarmName="errors", Namespace="Shop", MetricName="Errors", Statistic="Sum", Period=10, EvaluationPeriods=1, Threshold=5,
            ComparisonOperator="GreaterThanThreshold", TreatMissingData="ignore", AlarmActions=[topic], AlarmDescription="too many errors")
    me.call("cloudwatch", "PutMetricData", Namespace="Shop", MetricData=[{"MetricName": "Errors", "Value": 9, "StorageResolution": 1}])
    alarm = wait_until("the alarm goes off", 45, lambda: one_alarm_in(me, "ALARM"), pause=1)
    check("Threshold Crossed: 1" in alarm["StateReason"] and "9.0" in alarm["StateReason"] and "threshold (5.0)" in alarm["StateReason"], f"reason: {alarm['StateReason']}")
    told = json.loads(json.loads(me.receive(url)["Body"])["Message"])
    check((told["AlarmName"], told["NewStateValue"], told["AlarmDescription"]) == ("errors", "ALARM", "too many errors"), f"notification: {told}")
    me.call("cloudwatch", "SetAlarmState", AlarmName="errors", StateValue="OK", StateReason="looked at by hand")
    items = wait_until("its history", 10, lambda: history_with(me, "from ALARM to OK"), pause=0.5)
    check(any(item["HistoryItemType"] == "Action" for item in items), f"no action in the history: {items}")
    me.call("cloudwatch", "DeleteAlarms", AlarmNames=["errors"])
    check(not me.call("cloudwatch", "DescribeAlarms", AlarmNames=["errors"]).get("MetricAlarms"), "the alarm is still there")


def one_alarm_in(me, state):
    (alarm,) = me.call("cloudwatch", "DescribeAlarms", AlarmNames=["errors"])["MetricAlarms"]
    return alarm if alarm["StateValue"] == state else None


def history_with(me, words):
    items = me.call("cloudwatch", "DescribeAlarmHistory", AlarmName="errors")["AlarmHistoryItems"]
    return items if any(words in item["HistorySummary"] for item in items) else None
