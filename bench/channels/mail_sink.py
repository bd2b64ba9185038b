"""A mail server that takes everything at once and keeps (moment, recipient, text)."""
import socketserver
import threading
import time


class Conversation(socketserver.StreamRequestHandler):
    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def handle(self):
        self.say("220 sink")
        to = []
        for line in self.rfile:
            word = line[:4].upper()
            if word == b"EHLO":
                self.say("250 sink")
            elif word == b"RCPT":
                to.append(line.decode().split("<")[1].split(">")[0])
                self.say("250 ok")
            elif word == b"DATA":
                self.say("354 go on")
                text = bytearray()
                for part in self.rfile:
                    if part == b".\r\n":
                        break
                    text += part
                self.server.mails.append((time.time(), to[0], text.decode(errors="replace")))
                to = []
                self.say("250 ok")
            elif word == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")


class MailSink(socketserver.ThreadingTCPServer):
    daemon_threads, allow_reuse_address, request_queue_size = True, True, 128

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Conversation)
        self.mails = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.server_address[1]}"
