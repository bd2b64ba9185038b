#!/usr/bin/env python3
"""`make demo`: breaks a real application and shows the outage carried from the first bad datapoint to the review draft.

environment: ONCE=1 ends by itself, with 0 only if the whole story truly happened
             FAULT=bad-change|crash|slow-dependency|disk-full|memory-leak   what breaks; 77 is the exit code where it cannot be shown on this machine
             FAULT_SERVICE=payments|checkout|catalog   which service it breaks
             CALM_MINUTES=10           no fault; no alarm may ring in that time
             KILLS=10 SEED=1           the server is killed at that many seeded moments, and the story must still happen
             DEMO_PLAIN=1   plain processes instead of network namespaces        DEMO_PORT=4566   the server's port"""
import os
import pathlib
import shutil
import signal
import sys
import tempfile
import time

import faults
import hosts
import kills
import outside
import setup_tocsin
import shop_stack
import story
import tocsin_stack


SKIPPED = 77


def say(text):
    print(text, flush=True)


def show_where_to_look(tocsin, told):
    aws = f"aws --endpoint-url {tocsin.local_url} --region {tocsin_stack.REGION}"
    say(f"""
Where to look:
  status page       {tocsin.local_url}/status/
  review draft      {told.review}
  the shop          {told.shop.front}
  the same by aws   export AWS_ACCESS_KEY_ID={tocsin.keys['access_key_id']} AWS_SECRET_ACCESS_KEY={tocsin.keys['secret_access_key']}
                    {aws} cloudwatch describe-alarm-history --alarm-name {setup_tocsin.ALARM}
                    {aws} ssm-incidents list-timeline-events --incident-record-arn {told.arn}
                    {aws} ssm describe-automation-executions
                    {aws} cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=PutParameter
  server            {tocsin.resident_mb():.0f} MB resident""")


def tell(told, tocsin):
    count = int(os.environ.get("KILLS", "0"))
    if not count:
        return told.tell_all()
    seed = int(os.environ.get("SEED", "1"))
    say(f"The server will be killed {count} times, seed {seed}")
    campaign, ledger = kills.Kills(tocsin, count, seed, span_s=45), kills.SendersLedger(tocsin)
    campaign.start()
    try:
        told.tell_all()
    finally:
        campaign.stop()
        ledger.stop()
    say(f"Killed {campaign.done} times")
    kills.hold_nothing_lost(told.hold, ledger, tocsin.client("ssm"), tocsin.client("cloudtrail"), told.tell, told.fault.changes)


def stay_calm(told, minutes):
    """Without a fault nothing may ring."""
    say(f"No fault: {minutes:.0f} minutes of load, and no alarm may ring")
    end = time.monotonic() + 60 * minutes
    while time.monotonic() < end:
        told.hold(told.alarm()["StateValue"] == "OK", "the alarm stays OK: " + told.alarm()["StateReason"])
        time.sleep(5)
    told.hold(not told.incidents.list_incident_records(filters=[])["incidentRecordSummaries"], "no incident was opened")
    say(f"Calm. The shop's own ledger: {told.shop.ledger_sums()}")
    return 0


def run(folder):
    began = time.monotonic()
    processes, network, mailbox, webhook = hosts.Processes(), hosts.Network(["web-1", "data-1"], os.getpid()), outside.Mailbox(), outside.Webhook()
    shop = shop_stack.Shop(network, folder / "shop", processes)
    smtp_url = mailbox.start()
    try:
        fault = faults.choose(os.environ.get("FAULT", "bad-change"), shop, os.environ.get("FAULT_SERVICE", "payments"))
        shop.make_spools()
        if fault.missing():
            say(f"skipped: {fault.missing()}")
            return SKIPPED
        say(f"Hosts are {'network namespaces' if network.real else 'plain processes'}; logs in {folder}")
        tocsin = tocsin_stack.Tocsin(network, folder, processes, os.environ["DEMO_PROGRAMS"], smtp_url, int(os.environ.get("DEMO_PORT", "4566")))
        tocsin.initialize()
        tocsin.start()
        say(f"Tocsin serves at {tocsin.local_url}")
        tocsin.start_agents()
        say("An agent runs on each host")
        setup_tocsin.set_settings(tocsin)
        shop.connection = tocsin.connection()
        shop.start()
        shop.start_load()
        say(f"The shop is open at {shop.front}, under 20 visits a second")
        made = setup_tocsin.set_up(tocsin, mailbox, webhook, shop.folder)
        told = story.Story(tocsin, shop, mailbox, webhook, made, fault)
        told.wait_for_calm()
        time.sleep(max(0.0, 60 - (time.monotonic() - shop.load_began)))  # something to compare with
        if os.environ.get("CALM_MINUTES"):
            return stay_calm(told, float(os.environ["CALM_MINUTES"]))
        say(f"All is calm after {time.monotonic() - began:.0f} s. Now it breaks.\n")
        tell(told, tocsin)
        sums = shop.ledger_sums()
        say(f"\nThe whole story happened, {time.monotonic() - began:.0f} s after the start. The shop's own ledger: {sums['sent']} visits, {sums['failed']} failed.")
        show_where_to_look(tocsin, told)
        kept = pathlib.Path(os.environ["DEMO_PROGRAMS"]) / "demo-review.md"
        shutil.copy(told.review, kept)
        say(f"  a copy of it      {kept}")
        if os.environ.get("ONCE") is None:
            say("\nAll stays up until Ctrl-C.")
            signal.pause()
        return 0
    except (story.Untrue, TimeoutError) as untrue:
        say(f"\nThe story did not happen: {untrue}\nLogs: {folder}")
        return 1
    except KeyboardInterrupt:
        say("\nEnding.")
        return 130 if os.environ.get("ONCE") else 0
    finally:
        processes.stop_all()
        shop.remove_spools()
        network.remove()
        mailbox.stop()
        webhook.stop()


def main():
    signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tocsin-demo-"))
    os.chmod(folder, 0o711)
    code = run(folder)
    if code == 0 and not os.environ.get("DEMO_KEEP"):
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
