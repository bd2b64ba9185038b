"""The real senders of logs: what a daemon forwards over each of its ways arrives once, whole, with its severity and host."""
import datetime
import json
import os
import pathlib
import shutil
import subprocess
import urllib.error
import urllib.request

from server_under_test import free_port, skip, wait_until

UNSIGNED = "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/logs/aws4_request, SignedHeaders=host, Signature=0"
LINES = 200
RSYSLOG_PACKAGES = ["rsyslog", "rsyslog-gnutls", "libestr0", "libfastjson4"]


def call(url, operation, **members):
    request = urllib.request.Request(url, json.dumps(members).encode(), {
        "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "Logs_20140328." + operation, "Authorization": UNSIGNED,
        "X-Amz-Date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


def events(url, pattern):
    found, token = [], {}
    while True:
        try:
            page = call(url, "FilterLogEvents", logGroupName="/syslog", filterPattern=pattern, **token)
        except urllib.error.HTTPError:
            return []  # nothing has come yet, so there is no group
        found += page["events"]
        if not page.get("nextToken"):
            return found
        token = {"nextToken": page["nextToken"]}


def rsyslog_program(cache):
    """The daemon, the folder of its modules and that of its libraries: unpacked into the cache, so that none starts on the machine."""
    folder = pathlib.Path(cache).resolve() / "debian" / "rsyslog"
    if not list(folder.glob("usr/sbin/rsyslogd")):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        if subprocess.run(["apt-get", "download", "-qq", *RSYSLOG_PACKAGES], cwd=folder).returncode != 0:
            skip(f"{' '.join(RSYSLOG_PACKAGES)} cannot be had from Debian")
        for package in folder.glob("*.deb"):
            subprocess.run(["dpkg-deb", "-x", str(package), str(folder)], check=True)
    modules = next(folder.glob("usr/lib/*/rsyslog"))
    return str(folder / "usr/sbin/rsyslogd"), modules, modules.parent


def rsyslog(server, folder, cache):
    """Debian's rsyslogd reads a socket of its own and forwards over UDP, TCP and TLS, in both forms of syslog."""
    daemon, modules, libraries = rsyslog_program(cache)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                    "-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")], check=True, capture_output=True)
    server.flags = ["--syslog", "udp://127.0.0.1:0", "--syslog", "tcp://127.0.0.1:0", "--syslog", "tls://127.0.0.1:0", "--tls-certificate", str(folder / "cert.pem"),
                    "--tls-key", str(folder / "key.pem"), "--region", "us-east-1"]
    server.start()
    ports = {scheme: server.url(scheme).rsplit(":", 1)[1] for scheme in ("udp", "tcp", "tls")}
    forward = 'action(type="omfwd" target="127.0.0.1" port="{}" protocol="{}" template="{}"{} action.resumeRetryCount="-1")'
    tls = ' StreamDriver="gtls" StreamDriverMode="1" StreamDriverAuthMode="x509/certvalid"'
    inputs = "".join(f'input(type="imuxsock" Socket="{folder}/{name}.sock" CreatePath="on" ruleset="{name}" RateLimit.Interval="0" UseSysTimeStamp="off")\n' for name in ("udp", "tcp", "tls"))
    (folder / "rsyslog.conf").write_text(
        f'global(workDirectory="{folder}" defaultNetstreamDriverCAFile="{folder}/cert.pem")\nmodule(load="imuxsock" SysSock.Use="off")\n'
        f'ruleset(name="udp") {{ {forward.format(ports["udp"], "udp", "RSYSLOG_TraditionalForwardFormat", "")} }}\n'
        f'ruleset(name="tcp") {{ {forward.format(ports["tcp"], "tcp", "RSYSLOG_SyslogProtocol23Format", " TCP_Framing=" + chr(34) + "octet-counted" + chr(34))} }}\n'
        f'ruleset(name="tls") {{ {forward.format(ports["tls"], "tcp", "RSYSLOG_SyslogProtocol23Format", tls)} }}\n' + inputs)
    process = subprocess.Popen([daemon, "-n", "-M", str(modules), "-f", str(folder / "rsyslog.conf"), "-i", str(folder / "pid")], stdout=subprocess.DEVNULL,
                               stderr=open(folder / "rsyslog.err", "w"), env={**os.environ, "LD_LIBRARY_PATH": str(libraries)})
    try:
        for way in ("udp", "tcp", "tls"):
            wait_until(f"the socket of {way}", 20, (folder / f"{way}.sock").exists)
            (folder / "lines").write_text("".join(f"{way} line {number} ünï\n" for number in range(LINES)))
            subprocess.run(["logger", "-u", str(folder / f"{way}.sock"), "-p", "local3.warning", "-t", "shop", "-f", str(folder / "lines")], check=True)
            found = wait_until(f"the lines over {way}", 40, lambda: (lambda seen: seen if len(seen) >= LINES else None)(events(server.url(), f'"{way} line"')), pause=0.5)
            documents = [json.loads(event["message"]) for event in found]
            # rsyslog keeps the blank behind the tag as a part of the message, so that there are two in RFC 5424
            assert sorted(d["message"].removeprefix(" ") for d in documents) == sorted(f"{way} line {number} ünï" for number in range(LINES)), documents[:3]
            assert {(d["severity"], d["facility"], d["app"]) for d in documents} == {("warning", "local3", "shop")}, documents[0]
    except AssertionError:
        print((folder / "rsyslog.err").read_text()[-2000:], server.last_words())
        raise
    finally:
        process.terminate()
        process.wait(30)
