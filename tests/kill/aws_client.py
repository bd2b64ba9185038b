"""A client of the API with its own SigV4 (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html)."""
import datetime
import hashlib
import hmac
import http.client
import json
import urllib.parse
import xml.etree.ElementTree


class Refused(Exception):
    """The server answered with an error: the call was not done."""

    def __init__(self, status, code, message):
        super().__init__(f"{status} {code}: {message}")
        self.status, self.code = status, code


class Unanswered(Exception):
    """No whole answer came: the call may have been done."""


def _hmac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def sign(method, path, query, headers, body, service, region, access_key, secret_key, amz_date):
    """The Authorization header for these headers (lower-case names), all of which are signed."""
    names = ";".join(sorted(headers))
    canonical_query = "&".join(f"{urllib.parse.quote(k, safe='-_.~')}={urllib.parse.quote(v, safe='-_.~')}" for k, v in sorted(query))
    canonical = "\n".join([method, urllib.parse.quote(path, safe="/-_.~"), canonical_query,
                           "".join(f"{name}:{' '.join(headers[name].split())}\n" for name in sorted(headers)),
                           names, hashlib.sha256(body).hexdigest()])
    scope = f"{amz_date[:8]}/{region}/{service}/aws4_request"
    to_sign = "\n".join(["AWS4-HMAC-SHA256", amz_date, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = _hmac(_hmac(_hmac(_hmac(("AWS4" + secret_key).encode(), amz_date[:8]), region), service), "aws4_request")
    signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    return f"AWS4-HMAC-SHA256 Credential={access_key}/{scope}, SignedHeaders={names}, Signature={signature}"


class Client:
    """One connection, kept while it lasts. Not thread-safe."""

    TARGETS = {"sqs": ("AmazonSQS", "1.0"), "monitoring": ("GraniteServiceVersion20100801", "1.0"), "ssm": ("AmazonSSM", "1.1")}

    def __init__(self, address, access_key="AKIAKILLHARNESS00000", secret_key="secret", region="us-east-1", timeout_s=15):
        self.address, self.timeout_s = address, timeout_s  # a callable that gives (host, port): the server's port may change
        self.access_key, self.secret_key, self.region = access_key, secret_key, region
        self.connection = None

    def json(self, service, operation, document):
        """A call in AWS JSON; gives the answer's document."""
        prefix, version = self.TARGETS[service]
        content_type = f"application/x-amz-json-{version}"
        status, body = self._send(service, content_type, json.dumps(document).encode(), {"x-amz-target": f"{prefix}.{operation}"})
        answer = json.loads(body or b"{}")
        if status != 200:
            raise Refused(status, str(answer.get("__type", "")).split("#")[-1], answer.get("message", answer.get("Message", "")))
        return answer

    def query(self, service, version, operation, parameters):
        """A call in the query protocol; gives the answer's XML root without namespaces."""
        form = urllib.parse.urlencode({"Action": operation, "Version": version, **parameters}).encode()
        status, body = self._send(service, "application/x-www-form-urlencoded; charset=utf-8", form, {})
        root = xml.etree.ElementTree.fromstring(body)
        for element in root.iter():
            element.tag = element.tag.split("}")[-1]
        if status != 200:
            raise Refused(status, root.findtext(".//Code", ""), root.findtext(".//Message", ""))
        return root

    def _send(self, service, content_type, body, extra):
        try:
            return self._exchange(service, content_type, body, extra)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Unanswered(str(error)) from error

    def _exchange(self, service, content_type, body, extra):
        host, port = self.address()
        if self.connection is None or (self.connection.host, self.connection.port) != (host, port):
            self.close()
            self.connection = http.client.HTTPConnection(host, port, timeout=self.timeout_s)
        amz_date = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        headers = {"host": f"{host}:{port}", "content-type": content_type, "x-amz-date": amz_date, **extra}
        headers["authorization"] = sign("POST", "/", [], headers, body, service, self.region, self.access_key, self.secret_key, amz_date)
        self.connection.request("POST", "/", body, headers)
        response = self.connection.getresponse()
        return response.status, response.read()

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None
