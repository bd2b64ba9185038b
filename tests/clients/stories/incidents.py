import json

from hands import Refused
from server_under_test import wait_until
from stories import check, moment, story


def make_replication_set(me):
    """Unless there is one; two stories may try at once."""
    if not me.call("ssm-incidents", "ListReplicationSets")["replicationSetArns"]:
        try:
            me.call("ssm-incidents", "CreateReplicationSet", regions={me.region: {}})
        except Refused as refused:
            check(refused.code == "ConflictException", f"the replication set: {refused}")


@story("ssm-incidents", "ssm-contacts")
def an_incident_opens_from_its_plan_and_pages_who_is_on_call(me):
    make_replication_set(me)
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
    check(record not in [each["arn"] for each in open_now], f"still open: {open_now}")
