import contextlib
import json
import pathlib
import subprocess
import tempfile

from server_under_test import wait_until
from stories import check, story


@story("ssm")
def parameters_have_versions_paths_and_secrets(me):
    check(me.call("ssm", "PutParameter", Name="/shop/pool", Value="10", Type="String")["Version"] == 1, "first version")
    me.refused("ParameterAlreadyExists", "The parameter already exists", "ssm", "PutParameter", Name="/shop/pool", Value="2", Type="String")
    check(me.call("ssm", "PutParameter", Name="/shop/pool", Value="2", Type="String", Overwrite=True)["Version"] == 2, "second version")
    check(me.call("ssm", "GetParameter", Name="/shop/pool:1")["Parameter"]["Value"] == "10", "the first version's value")
    me.call("ssm", "PutParameter", Name="/shop/secret", Value="hush", Type="SecureString")
    hidden = me.call("ssm", "GetParameter", Name="/shop/secret")["Parameter"]["Value"]
    check("hush" not in hidden, "the secret is shown")
    found = me.call("ssm", "GetParametersByPath", Path="/shop", WithDecryption=True)["Parameters"]
    check({entry["Name"]: entry["Value"] for entry in found} == {"/shop/pool": "2", "/shop/secret": "hush"}, f"by path: {found}")
    history = me.call("ssm", "GetParameterHistory", Name="/shop/pool")["Parameters"]
    check([entry["Value"] for entry in history] == ["10", "2"], f"history: {history}")
    me.refused("ParameterNotFound", "", "ssm", "GetParameter", Name="/shop/none")


RUNBOOK = {
    "schemaVersion": "0.3",
    "description": "Sets the pool by how large it is.",
    "parameters": {"Pool": {"type": "String"}},
    "mainSteps": [
        {"name": "look", "action": "aws:executeAwsApi", "inputs": {"Service": "ssm", "Api": "GetParameter", "Name": "{{ Pool }}"},
         "outputs": [{"Name": "Size", "Selector": "$.Parameter.Value", "Type": "String"}]},
        {"name": "choose", "action": "aws:branch", "inputs": {"Choices": [{"NextStep": "enlarge", "Variable": "{{ look.Size }}", "StringEquals": "2"}], "Default": "settle"}},
        {"name": "enlarge", "action": "aws:executeAwsApi", "inputs": {"Service": "ssm", "Api": "PutParameter", "Name": "{{ Pool }}", "Value": "10", "Type": "String", "Overwrite": True}},
        {"name": "settle", "action": "aws:sleep", "inputs": {"Duration": "PT1S"}, "isEnd": True},
    ],
}


@story("ssm")
def a_runbook_reads_branches_and_repairs(me):
    me.call("ssm", "PutParameter", Name="/runbook/pool", Value="2", Type="String")
    me.call("ssm", "CreateDocument", Name="RepairPool", DocumentType="Automation", DocumentFormat="JSON", Content=json.dumps(RUNBOOK))
    check(me.call("ssm", "DescribeDocument", Name="RepairPool")["Document"]["Status"] == "Active", "the document")
    execution = me.call("ssm", "StartAutomationExecution", DocumentName="RepairPool", Parameters={"Pool": ["/runbook/pool"]})["AutomationExecutionId"]

    def ended():
        found = me.call("ssm", "GetAutomationExecution", AutomationExecutionId=execution)["AutomationExecution"]
        return found if found["AutomationExecutionStatus"] not in ("Pending", "InProgress", "Waiting") else None
    done = wait_until("the runbook ends", 30, ended, pause=0.5)
    steps = [(step["StepName"], step["StepStatus"]) for step in done["StepExecutions"]]
    check(done["AutomationExecutionStatus"] == "Success", f"ended {done['AutomationExecutionStatus']}: {done.get('FailureMessage')}, {steps}")
    check([name for name, _ in steps] == ["look", "choose", "enlarge", "settle"], f"steps: {steps}")
    check(me.call("ssm", "GetParameter", Name="/runbook/pool")["Parameter"]["Value"] == "10", "the pool")
    me.refused("InvalidDocumentContent", "", "ssm", "CreateDocument", Name="Odd", DocumentType="Automation", DocumentFormat="JSON", Content=json.dumps({"schemaVersion": "0.3", "mainSteps": [{"name": "x"}]}))


@contextlib.contextmanager
def registered_host(me):
    """A host with the real agent, online meanwhile; its id."""
    activation = me.call("ssm", "CreateActivation", IamRole="service-role/Hosts", DefaultInstanceName="pay-1", RegistrationLimit=1)
    with tempfile.TemporaryDirectory(prefix="tocsin-agent-") as folder:
        command, log = [me.agent, "--dir", folder], pathlib.Path(folder) / "agent.log"
        trusted = ["--server", me.server.url("https"), "--ca", str(me.server.data / "tls" / "ca.pem"), "--region", me.region]
        registered = subprocess.run([*command, "register", *trusted, "--id", activation["ActivationId"], "--code", activation["ActivationCode"]], capture_output=True, text=True, timeout=30)
        check(registered.returncode == 0, f"register: {registered.stderr}")
        with open(log, "wb") as output:
            agent = subprocess.Popen([*command, "run"], stdout=output, stderr=output)
        try:
            yield online(me, registered.stdout.strip())
        except AssertionError as failed:
            raise AssertionError(f"{failed}; the agent says: {log.read_text()[-800:]}") from None
        finally:
            agent.kill()
            agent.wait()


def online(me, instance):
    def seen():
        hosts = me.call("ssm", "DescribeInstanceInformation")["InstanceInformationList"]
        return any((host["InstanceId"], host["PingStatus"]) == (instance, "Online") for host in hosts)
    check(instance.startswith("mi-"), f"instance: {instance}")
    wait_until("the host is online", 20, seen, pause=0.5)
    return instance


@story("ssm")
def a_host_registers_and_runs_a_command(me):
    with registered_host(me) as instance:
        use_host(me, instance)


def use_host(me, instance):
    sent = me.call("ssm", "SendCommand", InstanceIds=[instance], DocumentName="AWS-RunShellScript", Parameters={"commands": ["echo bell rings", "echo trouble >&2", "exit 3"]})["Command"]["CommandId"]

    def ended():
        found = me.call("ssm", "GetCommandInvocation", CommandId=sent, InstanceId=instance)
        return found if found["Status"] not in ("Pending", "InProgress", "Delayed") else None
    done = wait_until("the command ends", 30, ended, pause=0.5)
    check((done["Status"], done["ResponseCode"]) == ("Failed", 3), f"invocation: {done}")
    check("bell rings" in done["StandardOutputContent"] and "trouble" in done["StandardErrorContent"], f"output: {done}")
