import json

from server_under_test import wait_until
from stories import check, story
from stories.incidents import make_replication_set
from stories.repair import registered_host


def repair(me, host):
    """Runs a command on the host, asks a person, and waits until the alarm is OK."""
    return json.dumps({
        "schemaVersion": "0.3",
        "parameters": {"Alarm": {"type": "String"}},
        "mainSteps": [
            {"name": "restart", "action": "aws:runCommand", "inputs": {"DocumentName": "AWS-RunShellScript", "InstanceIds": [host], "Parameters": {"commands": ["echo restarted payment"]}}},
            {"name": "ask", "action": "aws:approve", "inputs": {"Approvers": [me.call("sts", "GetCallerIdentity")["Arn"]], "Message": "Go on?"}},
            {"name": "watch", "action": "aws:waitForAwsResourceProperty", "timeoutSeconds": 90,
             "inputs": {"Service": "cloudwatch", "Api": "DescribeAlarms", "AlarmNames": ["{{ Alarm }}"], "PropertySelector": "$.MetricAlarms[0].StateValue", "DesiredValues": ["OK"]}, "isEnd": True},
        ],
    })


def role_of_rules(me):
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": ["events.amazonaws.com", "ssm.amazonaws.com"]}, "Action": "sts:AssumeRole"}]}
    role = me.call("iam", "CreateRole", RoleName="repairs", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    allowed = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["ssm:*", "cloudwatch:*"], "Resource": "*"}]}
    me.call("iam", "PutRolePolicy", RoleName="repairs", PolicyName="repairs", PolicyDocument=json.dumps(allowed))
    return role


@story("cloudwatch", "events", "iam", "ssm", "ssm-incidents", "sts")
def an_alarm_opens_an_incident_and_starts_the_repair(me):
    with registered_host(me) as host:
        make_replication_set(me)
        plan = me.call("ssm-incidents", "CreateResponsePlan", name="outage", incidentTemplate={"title": "Payments fail", "impact": 1})["arn"]
        me.call("ssm", "CreateDocument", Name="RepairOutage", DocumentType="Automation", DocumentFormat="JSON", Content=repair(me, host))
        pattern = {"source": ["aws.cloudwatch"], "detail-type": ["CloudWatch Alarm State Change"], "detail": {"alarmName": ["outage"], "state": {"value": ["ALARM"]}}}
        me.call("events", "PutRule", Name="outage", EventPattern=json.dumps(pattern))
        target = {"Id": "repair", "Arn": me.arn("ssm", "automation-definition/RepairOutage:$DEFAULT"), "RoleArn": role_of_rules(me), "Input": json.dumps({"Alarm": ["outage"]})}
        check(me.call("events", "PutTargets", Rule="outage", Targets=[target])["FailedEntryCount"] == 0, "the target")
        me.call("cloudwatch", "PutMetricAlarm", AlarmName="outage", Namespace="Outage", MetricName="Errors", Statistic="Sum", Period=10, EvaluationPeriods=1, Threshold=0,
                ComparisonOperator="GreaterThanThreshold", TreatMissingData="notBreaching", AlarmActions=[plan])
        me.call("cloudwatch", "PutMetricData", Namespace="Outage", MetricData=[{"MetricName": "Errors", "Value": 3, "StorageResolution": 1}])
        execution = wait_until("the repair starts", 45, lambda: execution_of(me), pause=0.5)
        wait_until("it asks", 30, lambda: step(me, execution, "ask") in ("Waiting", "InProgress"), pause=0.5)
        check(step(me, execution, "restart") == "Success", "the command on the host")
        me.call("ssm", "SendAutomationSignal", AutomationExecutionId=execution, SignalType="Approve", Payload={"Comment": ["go on"]})
        wait_until("the alarm is OK and the repair ends", 90, lambda: step(me, execution, "watch") == "Success", pause=1)
        summaries = me.call("ssm-incidents", "ListIncidentRecords")["incidentRecordSummaries"]
        check([each["title"] for each in summaries if each["impact"] == 1] == ["Payments fail"], f"incidents: {summaries}")


def execution_of(me):
    asked = {"Filters": [{"Key": "DocumentNamePrefix", "Values": ["RepairOutage"]}]}
    found = me.call("ssm", "DescribeAutomationExecutions", **asked)["AutomationExecutionMetadataList"]
    return found[0]["AutomationExecutionId"] if found else None


def step(me, execution, name):
    found = me.call("ssm", "GetAutomationExecution", AutomationExecutionId=execution)["AutomationExecution"]
    check(found["AutomationExecutionStatus"] not in ("Failed", "TimedOut", "Cancelled", "Rejected"), f"the repair ended {found['AutomationExecutionStatus']}: {found.get('FailureMessage')}")
    return next((each["StepStatus"] for each in found["StepExecutions"] if each["StepName"] == name), None)
