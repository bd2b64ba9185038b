"""What a team sets up once, through the API: settings, who is told, who is on call, the alarm, the response plan and its runbook. Nothing here knows a fault."""
import json
import pathlib
import os
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

from outside import link_in, text_of
from shop_stack import POOL_SIZE, SERVICES, SHOP, wait_until

ALARM, TOPIC, PLAN, RUNBOOK, QUEUE, RULE = "shop-front-faults", "shop-alarms", "shop-front", "shop-general-runbook", "shop-events", "shop-alarm-changes"
OPERATOR, SECOND, TEAM = "ada@shop.example", "ben@shop.example", "team@shop.example"
ROLE_TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ssm.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
ROLE_POLICY = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": ["ssm:GetParameterHistory", "ssm:PutParameter", "ssm:SendCommand", "ssm:ListCommands", "ssm:ListCommandInvocations", "ssm:GetCommandInvocation",
                                   "ssm-incidents:GetIncidentRecord", "ssm-incidents:ListRelatedItems", "ssm-incidents:CreateTimelineEvent", "ssm-incidents:UpdateIncidentRecord",
                                   "cloudwatch:DescribeAlarms"], "Resource": "*"}]}


def set_settings(tocsin):
    ssm = tocsin.client("ssm")
    for service in SERVICES:
        if service != "storefront":
            ssm.put_parameter(Name=parameter_of(service), Value=POOL_SIZE, Type="String", Description=f"connections of {service} to PostgreSQL")


def parameter_of(service):
    return os.environ.get("SHOP_POOL_PARAMETER_" + service.upper(), f"/shop/{service}/db-pool-size")


def fetch(request, tries=20):
    """As a browser that is told to try again: a server that is down for a moment is asked again."""
    for left in reversed(range(tries)):
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return answer.read().decode()
        except (urllib.error.URLError, OSError) as error:
            if isinstance(error, urllib.error.HTTPError) and error.code < 500 or not left:
                raise
            time.sleep(0.3)


def press(url):
    """What a person does with a link in a mail: opens the page and presses its one button."""
    page = fetch(url)
    action = re.search(r'<form[^>]*action="([^"]*)"', page)
    target = urllib.parse.urljoin(url, action.group(1).replace("&amp;", "&")) if action else url
    fields = dict(re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]*)"[^>]*value="([^"]*)"', page))
    return fetch(urllib.request.Request(target, data=urllib.parse.urlencode(fields).encode(), method="POST"))


def subscribe(tocsin, mailbox, webhook):
    sns = tocsin.client("sns")
    topic = sns.create_topic(Name=TOPIC)["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint=TEAM)
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=webhook.url)
    wait_until("the mail that asks to confirm", lambda: mailbox.find(TEAM))
    press(link_in(mailbox.find(TEAM)[0][1], r"https?://\S*confirm\S*"))
    wait_until("both subscriptions", lambda: all(s["SubscriptionArn"].startswith("arn:") for s in sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]))
    return topic


def put_on_call(tocsin, mailbox):
    """Ada is paged first, Ben five minutes later if she does not acknowledge."""
    contacts = tocsin.client("ssm-contacts")

    def person(alias, name, address):
        contact = contacts.create_contact(Alias=alias, DisplayName=name, Type="PERSONAL", Plan={"Stages": []})["ContactArn"]
        channel = contacts.create_contact_channel(ContactId=contact, Name="mail", Type="EMAIL", DeliveryAddress={"SimpleAddress": address})["ContactChannelArn"]
        wait_until("the activation code", lambda: mailbox.find(address))
        code = re.search(r"\b(\d{6,10})\b", text_of(mailbox.find(address)[0][1])).group(1)
        contacts.activate_contact_channel(ContactChannelId=channel, ActivationCode=code)
        contacts.update_contact(ContactId=contact, Plan={"Stages": [{"DurationInMinutes": 5, "Targets": [{"ChannelTargetInfo": {"ContactChannelId": channel, "RetryIntervalInMinutes": 2}}]}]})
        return contact

    ada, ben = person("ada", "Ada", OPERATOR), person("ben", "Ben", SECOND)
    stages = [{"DurationInMinutes": 5, "Targets": [{"ContactTargetInfo": {"ContactId": who, "IsEssential": True}}]} for who in (ada, ben)]
    return contacts.create_contact(Alias="shop-on-call", DisplayName="Shop on call", Type="ESCALATION", Plan={"Stages": stages})["ContactArn"]


def put_response_plan(tocsin, on_call, repair_commands):
    incidents, ssm, iam = tocsin.client("ssm-incidents"), tocsin.client("ssm"), tocsin.client("iam")
    role = iam.create_role(RoleName="shop-runbook", AssumeRolePolicyDocument=json.dumps(ROLE_TRUST))["Role"]["Arn"]
    iam.put_role_policy(RoleName="shop-runbook", PolicyName="repair", PolicyDocument=json.dumps(ROLE_POLICY))
    text = (pathlib.Path(__file__).parent / "runbook.yaml").read_text()
    ssm.create_document(Name=RUNBOOK, DocumentType="Automation", DocumentFormat="YAML", Content=text)
    incidents.create_replication_set(regions={"eu-west-1": {}})
    return incidents.create_response_plan(
        name=PLAN, displayName="Shop front",
        incidentTemplate={"title": "Customers see errors in the shop", "impact": 2, "summary": "The share of failed visits is above its limit.", "dedupeString": "shop-front"},
        engagements=[on_call],
        actions=[{"ssmAutomation": {"documentName": RUNBOOK, "roleArn": role, "targetAccount": "RESPONSE_PLAN_OWNER_ACCOUNT",
                                    "dynamicParameters": {"IncidentArn": {"variable": "INCIDENT_RECORD_ARN"}},
                                    "parameters": {"AlarmName": [ALARM], "AutomationAssumeRole": [role], **{name: [command] for name, command in repair_commands.items()}}}}],
        tags={"tocsin:status-page": "true", "tocsin:component": "Shop", "tocsin:symptom": "Pages and purchases fail", "tocsin:audience": "some customers"})["arn"]


def put_alarm(tocsin, topic, plan):
    """2 of 3 periods of 10 s in which more than 5 % of the visits failed."""
    tocsin.client("cloudwatch").put_metric_alarm(
        AlarmName=ALARM, AlarmDescription="More than 5 % of the shop's visits fail.", Namespace="ApplicationSignals", MetricName="Fault",
        Dimensions=[{"Name": "Environment", "Value": "shop"}, {"Name": "Service", "Value": "storefront"}], Statistic="Average", Period=10, EvaluationPeriods=3, DatapointsToAlarm=2,
        Threshold=0.05, ComparisonOperator="GreaterThanThreshold", TreatMissingData="notBreaching", AlarmActions=[topic, plan], OKActions=[topic])


def put_rule(tocsin):
    """The event of an alarm's change also reaches a queue, by a rule on the bus."""
    sqs, events = tocsin.client("sqs"), tocsin.client("events")
    queue = sqs.create_queue(QueueName=QUEUE)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name=RULE, EventPattern=json.dumps({"source": ["aws.cloudwatch"], "detail-type": ["CloudWatch Alarm State Change"], "detail": {"alarmName": [{"prefix": "shop-"}]}}))
    rule = events.describe_rule(Name=RULE)["Arn"]
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": arn,
                                                      "Condition": {"ArnEquals": {"aws:SourceArn": rule}}}]}
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": json.dumps(policy)})
    events.put_targets(Rule=RULE, Targets=[{"Id": "queue", "Arn": arn}])
    return queue


def order_command_of(folder, *words):
    """Orders the supervisor of the host on which it runs."""
    return f'for socket in {folder}/*.sock; do case "$socket" in *"/${{SHOP_HOST:-$(hostname)}}.sock") "{sys.executable}" "{SHOP}/supervise.py" --socket "$socket" {" ".join(words)};; esac; done'


def repair_commands_of(folder):
    """What the team's runbook may do on a host, beside rolling a setting back."""
    return {"RestartCommand": order_command_of(folder, "restart", *SERVICES),
            "FreeSpaceCommand": f'find "{folder}/spool-${{SHOP_HOST:-$(hostname)}}" -name "*.tmp" -print -delete',
            "DependencyCommand": order_command_of(folder, "restart", "db-proxy")}


def set_up(tocsin, mailbox, webhook, shop_folder):
    topic = subscribe(tocsin, mailbox, webhook)
    on_call = put_on_call(tocsin, mailbox)
    plan = put_response_plan(tocsin, on_call, repair_commands_of(shop_folder))
    queue = put_rule(tocsin)
    put_alarm(tocsin, topic, plan)
    return {"topic": topic, "on_call": on_call, "plan": plan, "queue": queue}
