"""boto3, over https with the authority that `tocsin init` made: JSON 1.0, JSON 1.1, query and rest-json as current Python clients choose."""
import os
import sys
import threading

from hands import Refused, fetched

BOTO3 = "boto3==1.44.5"


class Boto3Hand:
    services, stories = "all", ("",)
    parallel = 4

    def __init__(self, server):
        self.endpoint, self.ca = server.url("https"), str(server.data / "tls" / "ca.pem")
        self.clients, self.lock = {}, threading.Lock()

    def prepare(self, cache):
        sys.path.insert(0, str(fetched.python_packages(cache, BOTO3)))
        clean = fetched.plain_environment()
        os.environ.clear()
        os.environ.update(clean)

    def client(self, credentials, service):
        import boto3
        from botocore.config import Config
        key = (credentials["access_key_id"], credentials["secret_access_key"], credentials.get("session_token"), service)
        with self.lock:
            if key not in self.clients:
                session = boto3.Session(credentials["access_key_id"], credentials["secret_access_key"], credentials.get("session_token"), region_name=credentials["region"])
                settings = Config(connect_timeout=5, read_timeout=40, retries={"total_max_attempts": 1})
                self.clients[key] = session.client(service, endpoint_url=self.endpoint, verify=self.ca, config=settings)
        return self.clients[key]

    def call(self, credentials, service, operation, parameters):
        from botocore import xform_name
        from botocore.exceptions import ClientError
        try:
            answer = getattr(self.client(credentials, service), xform_name(operation))(**parameters)
        except ClientError as refused:
            raise Refused(refused.response["Error"]["Code"], refused.response["Error"]["Message"]) from None
        answer.pop("ResponseMetadata", None)
        return answer

    def close(self):
        pass
