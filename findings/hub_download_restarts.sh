#!/bin/sh
# huggingface-hub 2.4.0: a download that failed starts anew in the next call of hf_hub_download. Earlier versions kept the
# unfinished file (ETAG.incomplete), and the next call asked for the rest by a Range header; 2.4.0 writes to a name of its
# own and deletes it when the call fails, so that after an answer 503 a file of 20 GB starts at its first byte. Only cuts
# within one call are resumed. Seen, with a server on this computer that cuts the first answer after 30 MB and then
# answers 503: the call asks for the rest once (bytes=20971520-) and fails, no *.incomplete file is left, and the second
# call sends no Range header and succeeds. Exits with 1 if a later version behaves otherwise.
set -e
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q huggingface-hub==2.4.0
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import hashlib
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

BODY = bytes(range(256)) * 200_000  # 51 MB
ASKED = []


class Hub(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    down = True

    def log_message(self, *_):
        pass

    def answer(self, status, length, extra=()):
        self.send_response(status)
        for name, value in (
            ("Content-Length", str(length)), ("ETag", f'"{hashlib.sha256(BODY).hexdigest()}"'),
            ("X-Repo-Commit", "0" * 40), ("Accept-Ranges", "bytes"), *extra,
        ):
            self.send_header(name, value)
        self.end_headers()

    def do_HEAD(self):
        self.answer(200, len(BODY))

    def do_GET(self):
        if "/resolve/" not in self.path:  # such as /api/agent-harnesses, which 2.4.0 asks for once in a process
            return self.answer(404, 0)
        asked = self.headers.get("Range")
        ASKED.append(asked)
        if Hub.down and len(ASKED) > 1:
            return self.answer(503, 0)
        start = int(asked.removeprefix("bytes=").split("-")[0]) if asked else 0
        rest = BODY[start:]
        extra = [("Content-Range", f"bytes {start}-{len(BODY) - 1}/{len(BODY)}")] if start else []
        self.answer(206 if start else 200, len(rest), extra)
        self.wfile.write(rest[:30_000_000] if Hub.down else rest)
        self.close_connection = True


server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
threading.Thread(target=server.serve_forever, daemon=True).start()
os.environ["HF_ENDPOINT"] = f"http://127.0.0.1:{server.server_port}"
os.environ["HF_HUB_DISABLE_XET"] = "1"
os.environ["HF_HOME"] = "home"
import huggingface_hub

error = None
try:
    huggingface_hub.hf_hub_download("a/b", "model.safetensors")
except Exception as found:
    error = type(found).__name__
first = list(ASKED)
left = [path.name for path in Path("home").rglob("*.incomplete*")]
Hub.down = False
ASKED.clear()
path = huggingface_hub.hf_hub_download("a/b", "model.safetensors")
print("huggingface-hub", huggingface_hub.__version__)
print("ranges of the first call:", first, "error:", error, "left:", left)
print("ranges of the second call:", ASKED, "whole:", Path(path).read_bytes() == BODY)
sys.exit(error is None or bool(left) or ASKED != [None])
PYTHON
