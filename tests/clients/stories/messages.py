import json

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
