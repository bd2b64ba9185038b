import json

from hands import Refused
from server_under_test import wait_until
from stories import check, moment, story


@story("ssm-incidents", "ssm-contacts")
def an_incident_opens_from_its_plan_and_pages_who_is_on_call(me):
    if not me.call("ssm-incidents", "ListReplicationSets")["replicationSetArns"]:
        me.call("ssm-incidents", "CreateReplicationSet", regions={me.region: {}})
    contact = me.call("ssm-contacts", "CreateContact", Alias="ann", DisplayName="Ann", Type="PERSONAL", Plan={"Stages": []})["ContactArn"]
    channel = me.call("ssm-contacts", "CreateContactChannel", ContactId=contact, Name="mail", Type="EMAIL", DeliveryAddress={"SimpleAddress": "ann@shop.example"}, DeferActivation=True)["ContactChannelArn"]
    me.call("ssm-contacts", "UpdateContact", ContactId=contact, Plan={"Stages": [{"DurationInMinutes": 5, "Targets": [{"ChannelTargetInfo": {"ContactChannelId": channel, "RetryIntervalInMinutes": 1}}]}]})
    check([entry["Alias"] for entry in me.call("ssm-contacts", "ListContacts")["Contacts"]] == ["ann"], "contacts")
    plan = me.call("ssm-incidents", "CreateResponsePlan", name="shop-down", incidentTemplate={"title": "The shop is down", "impact": 2, "dedupeString": "shop"}, engagements=[contact])["arn"]
    record = me.call("ssm-incidents", "StartIncident", responsePlanArn=plan, title="Payments fail")["incidentRecordArn"]
    found = me.call("ssm-incidents", "GetIncidentRecord", arn=record)["incidentRecord"]
    check((found["title"], found["status"], found["impact"]) == ("Payments fail", "OPEN", 2), f"record: {found}")
    check(me.call("ssm-incidents", "StartIncident", responsePlanArn=plan)["incidentRecordArn"] == record, "a second incident of the same cause")
    wait_until("the engagement", 15, lambda: me.call("ssm-contacts", "ListEngagements", IncidentId=record)["Engagements"], pause=0.5)
    me.call("ssm-incidents", "CreateTimelineEvent", incidentRecordArn=record, eventTime=moment(), eventType="Custom Event", eventData=json.dumps("looked at the pool"))
    events = me.call("ssm-incidents", "ListTimelineEvents", incidentRecordArn=record)["eventSummaries"]
    check(any(event["eventType"] == "Custom Event" for event in events), f"timeline: {events}")
    me.call("ssm-incidents", "UpdateIncidentRecord", arn=record, status="RESOLVED")
    open_now = me.call("ssm-incidents", "ListIncidentRecords", filters=[{"key": "status", "condition": {"equals": {"stringValues": ["OPEN"]}}}])["incidentRecordSummaries"]
    check(not open_now, f"still open: {open_now}")


@story("logs")
def log_lines_are_kept_and_found(me):
    try:
        me.call("logs", "CreateLogGroup", logGroupName="/shop/payment")
    except Refused as refused:
        if refused.code == "NotImplementedException":
            return "this build has no logs"
        raise
    me.call("logs", "CreateLogStream", logGroupName="/shop/payment", logStreamName="pay-1")
    import time
    now = int(time.time() * 1000)
    lines = [{"timestamp": now - 1000 + n, "message": message} for n, message in enumerate(("started", "ERROR pool exhausted", "ERROR timeout"))]
    me.call("logs", "PutLogEvents", logGroupName="/shop/payment", logStreamName="pay-1", logEvents=lines)
    kept = wait_until("the lines", 10, lambda: me.call("logs", "GetLogEvents", logGroupName="/shop/payment", logStreamName="pay-1", startFromHead=True)["events"], pause=0.5)
    check([event["message"] for event in kept] == [line["message"] for line in lines], f"lines: {kept}")
    filtered = me.call("logs", "FilterLogEvents", logGroupName="/shop/payment", filterPattern="ERROR")["events"]
    check(len(filtered) == 2, f"filtered: {filtered}")
    query = me.call("logs", "StartQuery", logGroupName="/shop/payment", startTime=now // 1000 - 600, endTime=now // 1000 + 600, queryString="filter @message like /ERROR/ | stats count(*) as errors")["queryId"]

    def done():
        found = me.call("logs", "GetQueryResults", queryId=query)
        return found if found["status"] == "Complete" else None
    results = wait_until("the query", 20, done, pause=0.5)["results"]
    check([[(field["field"], field["value"]) for field in row if field["field"] != "@ptr"] for row in results] == [[("errors", "2")]], f"results: {results}")
    return None
