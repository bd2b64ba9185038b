#!/usr/bin/env python3
"""Status pages over real HTTP become events of Health. usage: feeds_test.py --tocsin PROGRAM"""
import argparse
import contextlib
import datetime
import email.utils
import http.server
import json
import pathlib
import sys
import threading
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "support"))
from server_under_test import server_under_test, wait_until  # noqa: E402

TARGETS = {"ssm": "AmazonSSM", "health": "AWSHealth_20160804"}
INCIDENT = {"id": "i1", "name": "Uploads fail", "status": "investigating", "created_at": "2026-01-01T10:00:00Z", "resolved_at": None,
            "incident_updates": [{"body": "We look into it.", "display_at": "2026-01-01T10:00:00Z"}], "components": [{"name": "API", "status": "major_outage"}]}


def call(url, service, operation, **members):
    signature = f"AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0"
    request = urllib.request.Request(url, json.dumps(members).encode(), {
        "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"{TARGETS[service]}.{operation}", "Authorization": signature,
        "X-Amz-Date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


class Pages(http.server.BaseHTTPRequestHandler):
    incident = dict(INCIDENT)

    def do_GET(self):
        page = self.path.split("/")[1]
        if page == "slow":
            time.sleep(8)
        if page == "moved":
            self.send_response(302)
            self.send_header("Location", "/rss/feed.rss")
            return self.end_headers()
        body = {"good": self.statuspage, "rss": self.rss, "html": lambda: b"<html><body>Not found", "cut": lambda: self.statuspage()[:40], "slow": self.statuspage,
                "huge": lambda: b'{"incidents":[' + b" " * (5 << 20) + b"]}", "bomb": self.bomb}.get(page)
        if body is None:
            return self.send_error(503)
        self.send_response(200)
        self.end_headers()
        with contextlib.suppress(OSError):  # whoever has enough hangs up
            self.wfile.write(body())

    def statuspage(self):
        if self.path.endswith("scheduled-maintenances.json"):
            return b'{"scheduled_maintenances":[]}'
        return json.dumps({"incidents": [self.incident]}).encode()

    def rss(self):
        now = email.utils.format_datetime(datetime.datetime.now(datetime.timezone.utc))
        return f'<?xml version="1.0"?><rss version="2.0"><channel><item><title>Mail is late</title><guid>1</guid><pubDate>{now}</pubDate></item></channel></rss>'.encode()

    def bomb(self):
        lines = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
        return f'<!DOCTYPE rss [<!ENTITY e0 "x">{lines}]><rss><channel><item><title>&e9;</title></item></channel></rss>'.encode()

    def log_message(self, *_):
        pass


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tocsin", required=True)
    pages = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=pages.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{pages.server_port}"
    with server_under_test(parser.parse_args().tocsin, dev=True) as server:
        url = server.url()

        def feed(name, address, **more):
            spec = {"url": base + address, "service": name, "every": "10s", "timeout": "2s"} | more
            call(url, "ssm", "PutParameter", Name=f"/tocsin/feeds/{name}", Type="String", Value=json.dumps(spec), Overwrite=True)

        def events(name):
            return call(url, "health", "DescribeEvents", filter={"services": [name.upper()]})["events"]

        for name, address in (("slow", "/slow"), ("html", "/html"), ("cut", "/cut"), ("huge", "/huge"), ("gone", "/gone"), ("bomb", "/bomb/feed.rss")):
            feed(name, address)
        feed("cdn", "/good", entities=["shop"])
        feed("mail", "/moved/feed.rss")
        wait_until("the incident is seen", 20, lambda: events("cdn"))
        (event,) = events("cdn")
        assert (event["statusCode"], event["eventTypeCategory"]) == ("open", "issue"), event
        found = call(url, "health", "DescribeAffectedEntities", filter={"eventArns": [event["arn"]]})["entities"]
        assert {(e["entityValue"], e["statusCode"]) for e in found} == {("API", "IMPAIRED"), ("shop", "IMPAIRED")}, found
        wait_until("the item of the feed that moved is seen", 20, lambda: events("mail"))
        Pages.incident = INCIDENT | {"status": "resolved", "resolved_at": "2026-01-01T11:00:00Z",
                                     "incident_updates": [{"body": "It works again.", "display_at": "2026-01-01T11:00:00Z"}]}
        wait_until("the incident ends", 30, lambda: events("cdn")[0]["statusCode"] == "closed")
        (details,) = call(url, "health", "DescribeEventDetails", eventArns=[event["arn"]])["successfulSet"]
        assert details["eventDescription"]["latestDescription"] == "Uploads fail\n\nIt works again.", details
        for name in ("slow", "html", "cut", "huge", "gone", "bomb"):
            assert events(name) == [], name
        call(url, "ssm", "DeleteParameter", Name="/tocsin/feeds/mail")
        wait_until("a feed that nobody wants any more ends", 20, lambda: events("mail")[0]["statusCode"] == "closed")


if __name__ == "__main__":
    main()
