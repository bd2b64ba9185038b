"""What stands for the other side: a message centre of SMS (Net::SMPP), a mail server (aiosmtpd), chat services. Each records what came."""
import collections
import http.server
import json
import pathlib
import queue
import re
import shutil
import subprocess
import sys
import threading
import time

from server_under_test import free_port, skip, wait_until

HERE = pathlib.Path(__file__).parent


class MessageCentre:
    def __init__(self, *arguments):
        if not shutil.which("perl") or subprocess.run(["perl", "-MNet::SMPP", "-e1"], capture_output=True).returncode:
            skip("Net::SMPP is not installed (Debian: libnet-smpp-perl)")
        self.port = free_port()
        self.process = subprocess.Popen(["perl", str(HERE / "message_centre.pl"), str(self.port), *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.lines = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()
        self.expect("READY")

    def read(self):
        for line in self.process.stdout:
            self.lines.put(line.strip())

    def expect(self, word, seconds=30):
        end = time.monotonic() + seconds
        while True:
            line = self.lines.get(timeout=max(0.1, end - time.monotonic()))
            if line.startswith(word):
                return line.split(" ")

    def message(self):
        _, number, to, esm, coding, registered, text = self.expect("SUBMIT")
        return number, to, int(esm), int(coding), int(registered), bytes.fromhex(text)

    def say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def end(self):
        self.process.kill()


class MailServer:
    """aiosmtpd that greylists: every recipient's first try of a mail is put off; "hang" of them never answered; or refused for good."""

    def __init__(self, hang_every=0):
        sys.path.append("/usr/lib/python3/dist-packages")  # where Debian keeps it, whatever python3 is
        try:
            from aiosmtpd.controller import Controller
        except ImportError:
            skip("aiosmtpd is not installed (Debian: python3-aiosmtpd)")
        import asyncio
        self.mails, self.tries, self.hang_every = [], collections.Counter(), hang_every
        outer = self

        class Handler:
            async def handle_RCPT(self, server, session, envelope, address, options):
                if address.startswith("nobody"):
                    return "550 5.1.1 no such user"
                envelope.rcpt_tos.append(address)
                return "250 ok"

            async def handle_DATA(self, server, session, envelope):
                text = envelope.content.decode(errors="replace")
                message_id = re.search(r"^Message-ID: (.*)$", text, re.M | re.I).group(1).strip()
                outer.tries[message_id] += 1
                if outer.hang_every and outer.tries[message_id] == 1 and len(outer.tries) % outer.hang_every == 0:
                    await asyncio.sleep(60)
                    return "451 4.3.0 too late"
                if outer.tries[message_id] == 1:
                    return "451 4.7.1 greylisted, try again"
                outer.mails.append((envelope.rcpt_tos[0], message_id, text))
                return "250 ok"

        self.controller = Controller(Handler(), hostname="127.0.0.1", port=free_port(), server_hostname="mail.example")
        self.controller.start()
        self.port = self.controller.port

    def stop(self):
        self.controller.stop()


class ChatServices(http.server.ThreadingHTTPServer):
    """Slack's chat.postMessage, which limits the rate at first, and a Teams webhook; `posted` is (path, body)."""

    def __init__(self):
        self.posted, self.refusals, outer = [], 1, self

        class Receiver(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                answer = {"ok": True, "ts": f"17.{len(outer.posted)}"}
                if self.path.startswith("/api/") and self.headers["Authorization"] != "Bearer xoxb-good":
                    answer = {"ok": False, "error": "invalid_auth"}
                elif self.path.startswith("/api/") and outer.refusals:
                    outer.refusals -= 1
                    answer = {"ok": False, "error": "ratelimited"}
                else:
                    outer.posted.append((self.path, body))
                self.send_response(200)
                self.end_headers()
                self.wfile.write(json.dumps(answer).encode())

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Receiver)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def of(self, path, words):
        """The first message there that says so."""
        return wait_until(words, 30, lambda: next((body for where, body in self.posted if where == path and words in json.dumps(body)), None))
