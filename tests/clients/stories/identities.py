import base64
import contextlib
import http.server
import json
import pathlib
import ssl
import subprocess
import tempfile
import threading
import time

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


def url_base64(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def openssl(*arguments, **options):
    return subprocess.run(["openssl", *arguments], check=True, capture_output=True, **options).stdout


class Provider:
    """An OpenID Connect provider on this machine, whose certificate nobody signed but itself."""

    def __init__(self, folder):
        self.key, self.certificate = folder / "key.pem", folder / "certificate.pem"
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(self.key), "-out", str(self.certificate), "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost")
        self.thumbprint = openssl("x509", "-in", str(self.certificate), "-noout", "-fingerprint", "-sha1", text=True).strip().split("=")[1].replace(":", "")
        modulus = openssl("x509", "-in", str(self.certificate), "-noout", "-modulus", text=True).strip().split("=")[1]
        keys = {"keys": [{"kty": "RSA", "kid": "1", "alg": "RS256", "use": "sig", "n": url_base64(bytes.fromhex(modulus)), "e": "AQAB"}]}
        provider = self

        class Documents(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                document = keys if self.path == "/keys" else {"issuer": provider.url, "jwks_uri": f"{provider.url}/keys"}
                body = json.dumps(document).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Documents)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        # each connection shakes hands in its own thread: one that hangs holds up no other
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"https://localhost:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def token(self, **claims):
        now = int(time.time())
        claims = {"iss": self.url, "aud": "shop", "sub": "repo:shop", "iat": now, "exp": now + 600, **claims}
        signed = url_base64(json.dumps({"alg": "RS256", "kid": "1", "typ": "JWT"}).encode()) + "." + url_base64(json.dumps(claims).encode())
        return signed + "." + url_base64(openssl("dgst", "-sha256", "-sign", str(self.key), input=signed.encode()))


@contextlib.contextmanager
def identity_provider():
    with tempfile.TemporaryDirectory() as folder:
        provider = Provider(pathlib.Path(folder))
        try:
            yield provider
        finally:
            provider.server.shutdown()


@story("iam", "sts")
def a_provider_whose_certificate_nobody_signed_is_trusted_by_its_thumbprint(me):
    with identity_provider() as provider:
        arn = me.call("iam", "CreateOpenIDConnectProvider", Url=provider.url, ClientIDList=["shop"], ThumbprintList=["0" * 40])["OpenIDConnectProviderArn"]
        trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Federated": arn}, "Action": "sts:AssumeRoleWithWebIdentity"}]}
        role = me.call("iam", "CreateRole", RoleName="deployer", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
        wanted = {"RoleArn": role, "RoleSessionName": "run-7", "WebIdentityToken": provider.token()}
        me.refused("IDPCommunicationError", "", "sts", "AssumeRoleWithWebIdentity", **wanted)
        me.call("iam", "UpdateOpenIDConnectProviderThumbprint", OpenIDConnectProviderArn=arn, ThumbprintList=[provider.thumbprint])
        assumed = me.call("sts", "AssumeRoleWithWebIdentity", **wanted)
        check(assumed["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{me.account}:assumed-role/deployer/run-7", f"assumed: {assumed}")
        check(assumed["SubjectFromWebIdentityToken"] == "repo:shop", f"subject: {assumed}")
