import time

from hands import Refused
from server_under_test import wait_until
from stories import check, story


@story("logs")
def log_lines_are_kept_and_found(me):
    now = int(time.time() * 1000)
    for part, names in ((keep_and_filter, "logs"), (count_by_query, "StartQuery")):
        try:
            part(me, now)
        except Refused as refused:
            if refused.code != "NotImplementedException":
                raise
            return f"this build has no {names}"
    return None


def keep_and_filter(me, now):
    me.call("logs", "CreateLogGroup", logGroupName="/shop/payment")
    me.call("logs", "CreateLogStream", logGroupName="/shop/payment", logStreamName="pay-1")
    lines = [{"timestamp": now - 1000 + n, "message": message} for n, message in enumerate(("started", "ERROR pool exhausted", "ERROR timeout"))]
    me.call("logs", "PutLogEvents", logGroupName="/shop/payment", logStreamName="pay-1", logEvents=lines)
    kept = wait_until("the lines", 10, lambda: me.call("logs", "GetLogEvents", logGroupName="/shop/payment", logStreamName="pay-1", startFromHead=True)["events"], pause=0.5)
    check([event["message"] for event in kept] == [line["message"] for line in lines], f"lines: {kept}")
    filtered = me.call("logs", "FilterLogEvents", logGroupName="/shop/payment", filterPattern="ERROR")["events"]
    check(len(filtered) == 2, f"filtered: {filtered}")


def count_by_query(me, now):
    query = me.call("logs", "StartQuery", logGroupName="/shop/payment", startTime=now // 1000 - 600, endTime=now // 1000 + 600, queryString="filter @message like /ERROR/ | stats count(*) as errors")["queryId"]

    def done():
        found = me.call("logs", "GetQueryResults", queryId=query)
        return found if found["status"] == "Complete" else None
    results = wait_until("the query", 20, done, pause=0.5)["results"]
    check([[(field["field"], field["value"]) for field in row if field["field"] != "@ptr"] for row in results] == [[("errors", "2")]], f"results: {results}")
