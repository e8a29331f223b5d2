"""The part of a pretended engine that all have: it answers in JSON and writes no log."""

import json
from http.server import BaseHTTPRequestHandler


class JsonEngine(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def say(self, status, content):
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
