import json

from stories import check, story


@story("sts")
def a_caller_learns_who_it_is_and_a_wrong_secret_is_refused(me):
    answer = me.call("sts", "GetCallerIdentity")
    check(answer["Account"] == me.account and answer["Arn"].startswith(f"arn:aws:iam::{me.account}:"), f"identity: {answer}")
    wrong = me.as_identity(me.credentials["access_key_id"], "wrong" * 8)
    wrong.refused("SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided", "sts", "GetCallerIdentity")
    unknown = me.as_identity("AKIAIOSFODNN7EXAMPLE", "wrong" * 8)
    unknown.refused("InvalidClientTokenId", "The security token included in the request is invalid", "sts", "GetCallerIdentity")


@story("iam", "sts", "sqs", "ssm")
def a_user_may_do_what_its_policy_says_and_no_more(me):
    me.call("iam", "CreateUser", UserName="reader")
    key = me.call("iam", "CreateAccessKey", UserName="reader")["AccessKey"]
    allowed = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ssm:GetParameter", "Resource": me.arn("ssm", "parameter/open/*")}]}
    me.call("iam", "PutUserPolicy", UserName="reader", PolicyName="reads", PolicyDocument=json.dumps(allowed))
    for name in ("/open/colour", "/closed/colour"):
        me.call("ssm", "PutParameter", Name=name, Value="red", Type="String")
    reader = me.as_identity(key["AccessKeyId"], key["SecretAccessKey"])
    check(reader.call("ssm", "GetParameter", Name="/open/colour")["Parameter"]["Value"] == "red", "parameter")
    who = f"User: arn:aws:iam::{me.account}:user/reader is not authorized to perform: "
    reader.refused("AccessDeniedException", f"{who}ssm:GetParameter on resource: {me.arn('ssm', 'parameter/closed/colour')} because no identity-based policy allows the ssm:GetParameter action",
                   "ssm", "GetParameter", Name="/closed/colour")
    reader.refused(("AccessDenied", "AccessDeniedException"), who, "sqs", "CreateQueue", QueueName="mine")


@story("iam", "sts", "sqs")
def a_role_is_assumed_and_its_session_acts_under_its_policy(me):
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{me.account}:root"}, "Action": "sts:AssumeRole"}]}
    role = me.call("iam", "CreateRole", RoleName="operator", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    allowed = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:ListQueues", "Resource": "*"}]}
    me.call("iam", "PutRolePolicy", RoleName="operator", PolicyName="lists", PolicyDocument=json.dumps(allowed))
    me.call("iam", "CreateUser", UserName="ann")
    key = me.call("iam", "CreateAccessKey", UserName="ann")["AccessKey"]
    may_assume = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role}]}
    me.call("iam", "PutUserPolicy", UserName="ann", PolicyName="assumes", PolicyDocument=json.dumps(may_assume))
    ann = me.as_identity(key["AccessKeyId"], key["SecretAccessKey"])
    session = ann.call("sts", "AssumeRole", RoleArn=role, RoleSessionName="night-shift")["Credentials"]
    operator = me.as_identity(session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"])
    check(operator.call("sts", "GetCallerIdentity")["Arn"] == f"arn:aws:sts::{me.account}:assumed-role/operator/night-shift", "identity")
    operator.call("sqs", "ListQueues")
    operator.refused(("AccessDenied", "AccessDeniedException"), "assumed-role/operator/night-shift is not authorized to perform: sqs:CreateQueue", "sqs", "CreateQueue", QueueName="mine")


@story("cloudtrail", "ssm")
def the_trail_tells_who_changed_what(me):
    from server_under_test import wait_until
    me.call("ssm", "PutParameter", Name="/audited/pool", Value="2", Type="String")
    look = {"LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": "PutParameter"}]}

    def found():
        events = me.call("cloudtrail", "LookupEvents", **look)["Events"]
        return [event for event in events if "/audited/pool" in event["CloudTrailEvent"]]
    (event,) = wait_until("the call in the trail", 15, found, pause=0.5)
    record = json.loads(event["CloudTrailEvent"])
    check((record["eventSource"], record["eventName"], record["requestParameters"]["name"]) == ("ssm.amazonaws.com", "PutParameter", "/audited/pool"), f"record: {record}")
    check(record["userIdentity"]["accountId"] == me.account and record["awsRegion"] == me.region, f"record: {record}")
