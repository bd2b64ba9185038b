"""Starts Tocsin on a fresh data directory with keys from `tocsin init`, and an agent on each host."""
import json
import os
import pathlib
import signal
import subprocess

import boto3
import botocore.config

from shop_stack import answers, wait_until

REGION = "eu-west-1"


class Tocsin:
    def __init__(self, network, folder, processes, programs, smtp_url, port=4566):
        self.network, self.folder, self.processes, self.smtp_url = network, pathlib.Path(folder), processes, smtp_url
        self.programs, self.port, self.process = pathlib.Path(programs), port, None
        self.data = self.folder / "data"
        self.url = f"http://{network.server}:{port}"
        self.local_url = f"http://127.0.0.1:{port}"

    def initialize(self):
        text = subprocess.run([self.programs / "tocsin", "init", "--data", self.data, "--region", REGION, "--host", self.network.server, "--json"],
                              check=True, capture_output=True, text=True).stdout
        self.keys = json.loads(text)

    def start(self):
        listen = ["--listen", f"127.0.0.1:{self.port}"]
        if self.network.real:
            listen += ["--listen", f"{self.network.server}:{self.port}"]
        command = [str(self.programs / "tocsin"), "serve", "--data", str(self.data), "--region", REGION, "--smtp", self.smtp_url, "--smtp-from", "Tocsin <tocsin@shop.example>",
                   "--public-url", self.local_url, *listen]
        self.process = self.processes.start("tocsin", command, self.folder / "tocsin.log")
        wait_until("Tocsin", lambda: answers(self.local_url + "/readyz"), 20, 0.02)

    def kill(self):
        """SIGKILL, as a failing machine would; start() goes on from what is on disk."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.processes.forget(self.process)

    def client(self, service, retries=None):
        return boto3.client(service, endpoint_url=self.local_url, region_name=REGION, aws_access_key_id=self.keys["access_key_id"], aws_secret_access_key=self.keys["secret_access_key"],
                            config=botocore.config.Config(retries=retries or {"max_attempts": 8, "mode": "standard"}, connect_timeout=3, read_timeout=20))

    def connection(self):
        """The environment that connects an application: OpenTelemetry by an ingest key, AWS clients by an access key."""
        return {
            "OTEL_EXPORTER_OTLP_ENDPOINT": self.url, "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf", "OTEL_EXPORTER_OTLP_HEADERS": f"authorization=Bearer%20{self.keys['ingest_key']}",
            "OTEL_EXPERIMENTAL_RESOURCE_DETECTORS": "otel,process", "OTEL_TRACES_EXPORTER": "otlp", "OTEL_METRICS_EXPORTER": "otlp", "OTEL_LOGS_EXPORTER": "otlp", "OTEL_PYTHON_LOGGING_AUTO_INSTRUMENTATION_ENABLED": "true",
            "OTEL_BSP_SCHEDULE_DELAY": "1000", "OTEL_BLRP_SCHEDULE_DELAY": "1000", "OTEL_METRIC_EXPORT_INTERVAL": "10000",
            "AWS_ENDPOINT_URL": self.url, "AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION, "AWS_ACCESS_KEY_ID": self.keys["access_key_id"],
            "AWS_SECRET_ACCESS_KEY": self.keys["secret_access_key"], "AWS_EC2_METADATA_DISABLED": "true", "NO_PROXY": "*", "no_proxy": "*",
        }

    def start_agents(self):
        ssm = self.client("ssm")
        activation = ssm.create_activation(IamRole="shop-host", RegistrationLimit=len(self.network.hosts), DefaultInstanceName="shop", Tags=[{"Key": "application", "Value": "shop"}])
        for host in self.network.hosts:
            directory = self.folder / f"agent-{host.name}"
            agent = [str(self.programs / "tocsin-agent"), "--dir", str(directory)]
            subprocess.run(host.command(*agent, "register", "--server", self.url, "--region", REGION, "--id", activation["ActivationId"], "--code", activation["ActivationCode"], "--name", host.name),
                           check=True, stdout=subprocess.DEVNULL)
            self.processes.start(f"agent {host.name}", host.command(*agent, "run"), self.folder / f"agent-{host.name}.log")
        wait_until("the agents", lambda: self.agents_online() == len(self.network.hosts), 20)

    def agents_online(self):
        nodes = self.client("ssm").describe_instance_information()["InstanceInformationList"]
        return sum(1 for node in nodes if node["PingStatus"] == "Online" and self.client("ssm").get_connection_status(Target=node["InstanceId"])["Status"] == "connected")

    def resident_mb(self):
        with open(f"/proc/{self.process.pid}/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE") / 1e6
