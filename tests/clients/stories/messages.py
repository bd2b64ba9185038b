import json
import time

from stories import check, story


@story("sns", "sqs")
def what_is_published_arrives_at_the_queue(me):
    topic = me.call("sns", "CreateTopic", Name="orders")["TopicArn"]
    check(topic == me.arn("sns", "orders"), f"topic: {topic}")
    url, queue = me.queue("orders", "sns.amazonaws.com")
    subscription = me.call("sns", "Subscribe", TopicArn=topic, Protocol="sqs", Endpoint=queue, ReturnSubscriptionArn=True)["SubscriptionArn"]
    me.call("sns", "SetSubscriptionAttributes", SubscriptionArn=subscription, AttributeName="FilterPolicy", AttributeValue=json.dumps({"kind": ["paid"]}))
    for kind in ("seen", "paid"):
        sent = me.call("sns", "Publish", TopicArn=topic, Subject="An order", Message=f"order {kind} é", MessageAttributes={"kind": {"DataType": "String", "StringValue": kind}})
    notification = json.loads(me.receive(url)["Body"])
    check((notification["Type"], notification["TopicArn"], notification["Subject"]) == ("Notification", topic, "An order"), f"notification: {notification}")
    check((notification["Message"], notification["MessageId"]) == ("order paid é", sent["MessageId"]), f"the wrong message: {notification}")
    check(notification["MessageAttributes"] == {"kind": {"Type": "String", "Value": "paid"}}, f"attributes: {notification}")
    listed = me.call("sns", "ListSubscriptionsByTopic", TopicArn=topic)["Subscriptions"]
    check([entry["SubscriptionArn"] for entry in listed] == [subscription], f"subscriptions: {listed}")
    me.call("sns", "DeleteTopic", TopicArn=topic)
    me.refused(("NotFound", "NotFoundException"), "Topic does not exist", "sns", "Publish", TopicArn=topic, Message="late")


@story("sqs")
def a_queue_hides_what_was_received_until_it_is_deleted(me):
    url, _ = me.queue("work")
    check(me.call("sqs", "GetQueueUrl", QueueName="work")["QueueUrl"] == url, "another URL")
    attributes = {"colour": {"DataType": "String", "StringValue": "red"}}
    sent = me.call("sqs", "SendMessage", QueueUrl=url, MessageBody="one", MessageAttributes=attributes)
    (message,) = me.call("sqs", "ReceiveMessage", QueueUrl=url, MessageAttributeNames=["All"], WaitTimeSeconds=2)["Messages"]
    check((message["Body"], message["MessageId"]) == ("one", sent["MessageId"]), f"message: {message}")
    check(message["MessageAttributes"]["colour"]["StringValue"] == "red", f"attributes: {message}")
    check(not me.call("sqs", "ReceiveMessage", QueueUrl=url).get("Messages"), "received twice")
    me.call("sqs", "ChangeMessageVisibility", QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
    check(me.receive(url)["MessageId"] == sent["MessageId"], "another message")
    batch = me.call("sqs", "SendMessageBatch", QueueUrl=url, Entries=[{"Id": str(n), "MessageBody": f"batch {n}"} for n in range(3)])
    check(len(batch["Successful"]) == 3, f"batch: {batch}")
    count = me.call("sqs", "GetQueueAttributes", QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])["Attributes"]["ApproximateNumberOfMessages"]
    check(count == "3", f"messages: {count}")
    me.call("sqs", "DeleteQueue", QueueUrl=url)
    me.refused(("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"), "The specified queue does not exist", "sqs", "GetQueueUrl", QueueName="work")


@story("events", "sqs")
def an_event_reaches_the_target_of_its_rule(me):
    url, queue = me.queue("deployments", "events.amazonaws.com")
    pattern = json.dumps({"source": ["shop.deploy"], "detail": {"state": [{"prefix": "fail"}]}})
    me.call("events", "PutRule", Name="failed-deployments", EventPattern=pattern)
    put = me.call("events", "PutTargets", Rule="failed-deployments", Targets=[{"Id": "queue", "Arn": queue}])
    check(put["FailedEntryCount"] == 0, f"targets: {put}")
    entries = [{"Source": "shop.deploy", "DetailType": "Deployment", "Detail": json.dumps({"state": state})} for state in ("done", "failed")]
    answer = me.call("events", "PutEvents", Entries=entries)
    check(answer["FailedEntryCount"] == 0 and len(answer["Entries"]) == 2, f"entries: {answer}")
    event = json.loads(me.receive(url)["Body"])
    check((event["id"], event["detail"], event["detail-type"]) == (answer["Entries"][1]["EventId"], {"state": "failed"}, "Deployment"), f"event: {event}")
    tested = me.call("events", "TestEventPattern", EventPattern=pattern, Event=json.dumps(event))
    check(tested["Result"] is True, f"pattern: {tested}")
    check([rule["Name"] for rule in me.call("events", "ListRules", NamePrefix="failed-")["Rules"]] == ["failed-deployments"], "rules")
    me.refused("InvalidEventPatternException", "", "events", "PutRule", Name="odd", EventPattern="{]")


@story("sqs")
def dead_letters_go_back_to_where_they_came_from(me):
    dead_url, dead = me.queue("lost")
    url, _ = me.queue("parcels")
    me.call("sqs", "SetQueueAttributes", QueueUrl=url, Attributes={"VisibilityTimeout": "0", "RedrivePolicy": json.dumps({"deadLetterTargetArn": dead, "maxReceiveCount": 1})})
    sent = me.call("sqs", "SendMessage", QueueUrl=url, MessageBody="heavy")
    me.call("sqs", "ReceiveMessage", QueueUrl=url)
    check(not me.call("sqs", "ReceiveMessage", QueueUrl=url).get("Messages"), "received once too often")
    listed = me.call("sqs", "ListDeadLetterSourceQueues", QueueUrl=dead_url)["queueUrls"]
    check(listed == [url], f"sources: {listed}")
    handle = me.call("sqs", "StartMessageMoveTask", SourceArn=dead)["TaskHandle"]
    check(handle, "no handle")
    back = me.receive(url)
    check(back["Body"] == "heavy" and back["MessageId"] != sent["MessageId"], f"back: {back}")
    (task,) = me.call("sqs", "ListMessageMoveTasks", SourceArn=dead)["Results"]
    check((task["Status"], task["ApproximateNumberOfMessagesMoved"]) == ("COMPLETED", 1), f"task: {task}")
    me.call("sqs", "AddPermission", QueueUrl=url, Label="partner", AWSAccountIds=["444455556666"], Actions=["SendMessage"])
    policy = json.loads(me.call("sqs", "GetQueueAttributes", QueueUrl=url, AttributeNames=["Policy"])["Attributes"]["Policy"])
    check("partner" in [statement["Sid"] for statement in policy["Statement"]], f"policy: {policy}")
    me.call("sqs", "RemovePermission", QueueUrl=url, Label="partner")


@story("sns")
def settings_of_short_messages_read_back(me):
    me.call("sns", "SetSMSAttributes", attributes={"DefaultSMSType": "Transactional"})
    got = me.call("sns", "GetSMSAttributes", attributes=["DefaultSMSType"])["attributes"]
    check(got == {"DefaultSMSType": "Transactional"}, f"attributes: {got}")
    check(me.call("sns", "CheckIfPhoneNumberIsOptedOut", phoneNumber="+4915112345678")["isOptedOut"] is False, "opted out")
    check(me.call("sns", "ListPhoneNumbersOptedOut").get("phoneNumbers", []) == [], "numbers")
    me.call("sns", "OptInPhoneNumber", phoneNumber="+4915112345678")


@story("health", "ssm")
def what_an_operator_declares_is_an_event_of_health(me):
    window = {"service": "payments", "category": "accountNotification", "description": "A new bank", "entities": ["pay-1"]}
    me.call("ssm", "PutParameter", Name="/tocsin/health/bank", Type="String", Value=json.dumps(window))
    end = time.monotonic() + 30
    while not (events := me.call("health", "DescribeEvents", filter={"services": ["PAYMENTS"]})["events"]) and time.monotonic() < end:
        time.sleep(0.2)
    (event,) = events
    check((event["eventTypeCode"], event["statusCode"]) == ("AWS_PAYMENTS_OPERATIONAL_NOTIFICATION", "open"), f"event: {event}")
    (details,) = me.call("health", "DescribeEventDetails", eventArns=[event["arn"]])["successfulSet"]
    check(details["eventDescription"]["latestDescription"] == "A new bank", f"details: {details}")
    (entity,) = me.call("health", "DescribeAffectedEntities", filter={"eventArns": [event["arn"]]})["entities"]
    check(entity["entityValue"] == "pay-1", f"entity: {entity}")


@story("iam", "scheduler", "sqs")
def a_schedule_is_kept_as_it_was_made(me):
    _, queue = me.queue("nightly", "scheduler.amazonaws.com")
    target = {"Arn": queue, "RoleArn": f"arn:aws:iam::{me.account}:role/nightly", "Input": "{}"}
    asked = {"Name": "nightly", "ScheduleExpression": "rate(1 hour)", "FlexibleTimeWindow": {"Mode": "OFF"}, "Target": target}
    me.refused("ValidationException", "must allow AWS EventBridge Scheduler to assume the role", "scheduler", "CreateSchedule", **asked)
    trust = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"Service": "scheduler.amazonaws.com"}, "Action": "sts:AssumeRole"}}
    me.call("iam", "CreateRole", RoleName="nightly", AssumeRolePolicyDocument=json.dumps(trust))
    made = me.call("scheduler", "CreateSchedule", Name="nightly", ScheduleExpression="cron(0 3 * * ? *)", ScheduleExpressionTimezone="Europe/Berlin",
                   FlexibleTimeWindow={"Mode": "OFF"}, Target=target)["ScheduleArn"]
    got = me.call("scheduler", "GetSchedule", Name="nightly")
    check((got["Arn"], got["ScheduleExpressionTimezone"], got["State"]) == (made, "Europe/Berlin", "ENABLED"), f"schedule: {got}")
    check([s["Name"] for s in me.call("scheduler", "ListSchedules", NamePrefix="night")["Schedules"]] == ["nightly"], "schedules")
    me.call("scheduler", "DeleteSchedule", Name="nightly")
    me.refused("ResourceNotFoundException", "", "scheduler", "GetSchedule", Name="nightly")


@story("events")
def an_archive_and_a_replay_are_kept_as_they_were_made(me):
    bus = me.arn("events", "event-bus/default")
    archive = me.call("events", "CreateArchive", ArchiveName="all-orders", EventSourceArn=bus, RetentionDays=7)["ArchiveArn"]
    got = me.call("events", "DescribeArchive", ArchiveName="all-orders")
    check((got["ArchiveArn"], got["RetentionDays"], got["State"]) == (archive, 7, "ENABLED"), f"archive: {got}")
    me.call("events", "DeleteArchive", ArchiveName="all-orders")
    connection = me.call("events", "CreateConnection", Name="bank", AuthorizationType="API_KEY",
                         AuthParameters={"ApiKeyAuthParameters": {"ApiKeyName": "X-Key", "ApiKeyValue": "secret"}})["ConnectionArn"]
    made = me.call("events", "CreateApiDestination", Name="bank", ConnectionArn=connection, InvocationEndpoint="https://bank.example/hook", HttpMethod="POST")
    got = me.call("events", "DescribeApiDestination", Name="bank")
    check((got["ApiDestinationArn"], got["InvocationRateLimitPerSecond"]) == (made["ApiDestinationArn"], 300), f"destination: {got}")
    me.call("events", "DeleteApiDestination", Name="bank")
    me.call("events", "DeleteConnection", Name="bank")
