"""What an agent must do, whichever it is. Each story is told with `me`: the server, its Systems Manager client, and agents to make."""
import contextlib
import functools
import time

import botocore.exceptions

from server_under_test import wait_until

STORIES = []


def story(function, repeats_a_reply=False):
    """`repeats_a_reply`: waits until the agent repeats a reply that was lost; the published agent takes five minutes for that."""
    function.repeats_a_reply = repeats_a_reply
    STORIES.append(function)
    return function


def check(truth, words):
    if not truth:
        raise AssertionError(words)


@contextlib.contextmanager
def refused(code):
    try:
        yield
    except botocore.exceptions.ClientError as error:
        check(error.response["Error"]["Code"] == code, f"refused with {error}")
    else:
        raise AssertionError(f"not refused with {code}")


@story
def it_registers_and_reports(me):
    activation = me.ssm.create_activation(IamRole="hosts", DefaultInstanceName="shelf 3", Tags=[{"Key": "rack", "Value": "3"}])
    with me.new_agent("reporter", activation) as host:
        node = me.node(host.id)
        check(node["PingStatus"] == "Online" and node["ComputerName"] == "reporter" and node["Name"] == "shelf 3", f"the node: {node}")
        check(node["PlatformType"] == "Linux" and node["PlatformName"] and node["IPAddress"] and node["AgentVersion"], f"the node: {node}")
        check(node["ActivationId"] == activation["ActivationId"] and node["IamRole"] == "hosts", f"the node: {node}")
        seen = me.ssm.describe_activations()["ActivationList"]
        check([one["RegistrationsCount"] for one in seen if one["ActivationId"] == activation["ActivationId"]] == [1], "the activation was used once")
        by_tag = me.ssm.describe_instance_information(Filters=[{"Key": "tag:rack", "Values": ["3"]}])["InstanceInformationList"]
        check([one["InstanceId"] for one in by_tag] == [host.id], "the activation's tags are the host's")


@story
def an_activation_registers_no_more_hosts_than_it_may(me):
    activation = me.ssm.create_activation(IamRole="hosts", RegistrationLimit=1)
    with me.new_agent("first", activation):
        try:
            with me.new_agent("second", activation):
                pass
        except AssertionError as error:
            check("not registered" in str(error), str(error))
            return
    raise AssertionError("a second host was registered")


@story
def a_command_returns_what_it_wrote(me):
    with me.host() as host:
        done = host.run("echo one; echo two", "echo $((6*7))", "echo wrong >&2", "pwd", workingDirectory=["/usr"])
        check(done["Status"] == "Success" and done["ResponseCode"] == 0, f"{done}")
        check(done["StandardOutputContent"].split() == ["one", "two", "42", "/usr"], f"it wrote {done['StandardOutputContent']!r}")
        check(done["StandardErrorContent"].strip() == "wrong", f"it wrote {done['StandardErrorContent']!r}")
        check(done["ExecutionStartDateTime"] and done["ExecutionEndDateTime"] and done["ExecutionElapsedTime"].startswith("PT"), f"{done}")
        listed = me.ssm.list_command_invocations(CommandId=done["CommandId"], Details=True)["CommandInvocations"]
        check([plugin["Name"] for plugin in listed[0]["CommandPlugins"]] == ["aws:runShellScript"], f"{listed}")
        check(me.ssm.list_commands(CommandId=done["CommandId"])["Commands"][0]["CompletedCount"] == 1, "the command counts it")


@story
def a_command_that_fails_says_how(me):
    with me.host() as host:
        done = host.run("echo before; exit 7")
        check(done["Status"] == "Failed" and done["ResponseCode"] == 7 and "before" in done["StandardOutputContent"], f"{done}")
        check(me.ssm.list_commands(CommandId=done["CommandId"])["Commands"][0]["Status"] == "Failed", "the command failed too")


@story
def long_output_is_cut(me):
    with me.host() as host:
        done = host.run("i=0; while [ $i -lt 4000 ]; do echo 0123456789; i=$((i+1)); done; exit 0")
        check(done["Status"] == "Success" and 20_000 < len(done["StandardOutputContent"]) <= 24_000, f"{done['Status']}, {len(done['StandardOutputContent'])} characters")


@story
def unicode_and_quotes_come_back_as_they_were(me):
    with me.host() as host:
        text = "Zażółć gęślą jaźń 日本語 \"quoted\" 'single' back\\slash $HOME"
        done = host.run("cat <<'END'\n" + text + "\nEND")
        check(done["StandardOutputContent"].strip() == text, f"it wrote {done['StandardOutputContent']!r}")


STEPS = """{"schemaVersion": "2.2", "description": "Three steps and one for another system.",
 "parameters": {"word": {"type": "String", "default": "none"}, "lines": {"type": "StringList"}},
 "mainSteps": [
  {"action": "aws:runShellScript", "name": "first", "inputs": {"runCommand": ["echo the word is {{ word }}"]}},
  {"action": "aws:runPowerShellScript", "name": "elsewhere", "precondition": {"StringEquals": ["platformType", "Windows"]}, "inputs": {"runCommand": ["Write-Host no"]}},
  {"action": "aws:runShellScript", "name": "second", "inputs": {"runCommand": ["echo second >&2", "exit 4"]}},
  {"action": "aws:runShellScript", "name": "third", "inputs": {"runCommand": "{{ lines }}", "timeoutSeconds": "60"}}]}"""


@story
def several_steps_are_told_one_by_one(me):
    me.document("Three-Steps", STEPS)
    with me.host() as host:
        sent = me.ssm.send_command(InstanceIds=[host.id], DocumentName="Three-Steps", Parameters={"word": ["tocsin"], "lines": ["echo a", "echo b"]})["Command"]["CommandId"]
        host.ended(sent)
        steps = {name: me.ssm.get_command_invocation(CommandId=sent, InstanceId=host.id, PluginName=name) for name in ("first", "elsewhere", "second", "third")}
        check(steps["first"]["StandardOutputContent"].strip() == "the word is tocsin", f"{steps['first']}")
        check(steps["second"]["ResponseCode"] == 4 and "second" in steps["second"]["StandardErrorContent"], f"{steps['second']}")
        check(steps["third"]["StandardOutputContent"].split() == ["a", "b"], f"{steps['third']}")
        plugins = {one["Name"]: one for one in me.ssm.list_command_invocations(CommandId=sent, Details=True)["CommandInvocations"][0]["CommandPlugins"]}
        check({name: one["Status"] for name, one in plugins.items()} == {"first": "Success", "elsewhere": "Success", "second": "Failed", "third": "Success"}, f"{plugins}")
        check([steps[name]["Status"] for name in ("first", "second")] == ["Success", "Failed"], f"{steps}")
        with refused("InvalidPluginName"):
            host.invocation(sent)
        check(me.ssm.list_commands(CommandId=sent)["Commands"][0]["Status"] == "Failed", "a step failed, so the command did")


@story
def a_command_that_takes_too_long_times_out(me):
    with me.host() as host:
        began = time.monotonic()
        done = host.run("echo begun; sleep 300", executionTimeout=["5"])
        check(done["Status"] == "TimedOut" and done["StatusDetails"] == "ExecutionTimedOut", f"{done}")
        check("begun" in done["StandardOutputContent"] and time.monotonic() - began < 60, f"{done}")


@story
def a_running_command_is_cancelled(me):
    with me.host() as host:
        mark = "/root/not-cancelled"
        sent = host.send(f"echo begun; sleep 40; touch {mark}")
        wait_until("the command runs", 20, lambda: host.invocation(sent)["Status"] == "InProgress")
        time.sleep(1)
        me.ssm.cancel_command(CommandId=sent)
        done = host.ended(sent, 30)
        check(done["Status"] == "Cancelled", f"{done}")
        check(me.ssm.list_commands(CommandId=sent)["Commands"][0]["Status"] == "Cancelled", "the command is cancelled")
        check(host.run(f"pgrep -f '[s]leep 40' || echo gone; ls {mark} 2>&1")["StandardOutputContent"].startswith("gone"), "its process goes on")


@story
def many_commands_at_once_all_run(me):
    with me.host() as host:
        sent = [host.send(f"sleep 1; echo number {number}") for number in range(12)]
        for number, one in enumerate(sent):
            done = host.ended(one, 90)
            check(done["Status"] == "Success" and done["StandardOutputContent"].strip() == f"number {number}", f"{done}")


@story
def it_comes_back_after_the_server_was_restarted(me):
    with me.host() as host:
        before, running = host.run("echo before"), host.send("sleep 20; echo through")
        wait_until("the command runs", 20, lambda: host.invocation(running)["Status"] == "InProgress")
        me.server.stop()
        me.server.start()
        me.connect()
        host.connected(90)
        check(host.run("echo after")["StandardOutputContent"].strip() == "after", "a command after the restart")
        check(host.invocation(before["CommandId"])["StandardOutputContent"].strip() == "before", "what was before is kept")
        done = host.ended(running, 60)
        check(done["Status"] == "Success" and done["StandardOutputContent"].strip() == "through", f"the command that ran meanwhile: {done}")


@functools.partial(story, repeats_a_reply=True)
def a_reply_that_nobody_heard_is_told_again(me):
    """The command ends while the server is down."""
    with me.host() as host:
        running = host.send("echo $$ >> /root/runs; sleep 3; echo alone")
        wait_until("the command runs", 20, lambda: host.invocation(running)["Status"] == "InProgress")
        me.server.kill()
        time.sleep(6)
        me.server.start()
        me.connect()
        host.connected(90)
        done = host.ended(running, host.agent.reply_repeats_s + 60)
        check(done["Status"] == "Success" and done["StandardOutputContent"].strip() == "alone", f"{done}")
        check(host.run("wc -l < /root/runs")["StandardOutputContent"].strip() == "1", "it ran once")


@story
def what_was_sent_while_it_was_away_is_run_when_it_is_back(me):
    with me.host() as host:
        host.agent.stop()
        wait_until("the channel is closed", 20, lambda: me.ssm.get_connection_status(Target=host.id)["Status"] == "notconnected")
        waiting, late = host.send("echo kept for you"), host.send("echo too late", TimeoutSeconds=30)
        time.sleep(2)
        check(host.invocation(waiting)["Status"] == "Pending", "it waits")
        gone = host.ended(late, 60)
        check(gone["Status"] == "TimedOut" and gone["StatusDetails"] == "DeliveryTimedOut", f"{gone}")
        host.agent.start()
        host.connected(60)
        done = host.ended(waiting, 60)
        check(done["Status"] == "Success" and done["StandardOutputContent"].strip() == "kept for you", f"{done}")
        check(host.invocation(late)["Status"] == "TimedOut", "what timed out is not run")


@story
def a_killed_agent_takes_its_work_up_again(me):
    with me.host() as host:
        check(host.run("echo one")["Status"] == "Success", "before")
        host.agent.kill()
        host.agent.start()
        host.connected(60)
        check(host.run("echo two")["StandardOutputContent"].strip() == "two", "after")


@functools.partial(story, repeats_a_reply=True)
def what_ran_when_the_agent_was_killed_comes_to_an_end(me):
    with me.host() as host:
        running = host.send("echo $$ >> /root/runs; sleep 20; echo survived")
        wait_until("the command runs", 20, lambda: host.run("cat /root/runs")["StandardOutputContent"].strip() != "")
        host.agent.kill()
        host.agent.start()
        host.connected(60)
        done = host.ended(running, host.agent.reply_repeats_s + 60)
        check(done["Status"] in ("Success", "Failed", "TimedOut"), f"{done}")
        check(host.run("echo after")["StandardOutputContent"].strip() == "after", "a command after it")


@story
def a_host_that_was_deregistered_is_none(me):
    with me.host() as host:
        me.ssm.deregister_managed_instance(InstanceId=host.id)
        check(not me.ssm.describe_instance_information(Filters=[{"Key": "InstanceIds", "Values": [host.id]}])["InstanceInformationList"], "it is still listed")
        check(me.ssm.get_connection_status(Target=host.id)["Status"] == "notconnected", "it is still connected")
        with refused("InvalidInstanceId"):
            host.send("echo no")
