"""Server on this computer that speaks the API of Hugging Face's hub, as its client uses it, and can misbehave."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote, unquote

COMMIT = "c" * 40
_RESOLVE = re.compile(r"/([^/]+/[^/]+)/resolve/[^/]+/(.+)")
_LIST = re.compile(r"/api/models/([^/]+/[^/]+)(?:/revision/[^/]+)?")


class HubServer(ThreadingHTTPServer):
    """Hub with files by "OWNER/NAME/PATH". Contents are served by another host name, as by the hub's CDN.

    `cuts` are the numbers of bytes after which the next transfers of contents are cut. `answers` are statuses with
    headers for paths, instead of the file. `lies` are bytes that are sent instead of the content of a file.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files: dict[str, bytes] = {}
        self.cuts: list[int] = []
        self.answers: dict[str, tuple[int, dict[str, str]]] = {}
        self.lies: dict[str, bytes] = {}
        self.redirects: dict[str, str] = {}
        self.stated_sizes: dict[str, int] = {}
        # Method, path, Range and Authorization of each request.
        self.requests: list[tuple[str, str, str, str]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def contents(self) -> str:
        """Address of the host that serves contents."""
        return f"http://localhost:{self.server_port}/content"

    def transfers(self) -> list[tuple[str, str]]:
        """Return the paths and ranges of the requests for contents."""
        return [(path, extent) for method, path, extent, _ in self.requests if method == "GET" and "/content/" in path]


@contextmanager
def hub_server() -> Iterator[HubServer]:
    server = HubServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: HubServer
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        pass

    def do_HEAD(self) -> None:
        self._note()
        found = _RESOLVE.fullmatch(unquote(self.path))
        name = f"{found[1]}/{found[2]}" if found else ""
        if name in self.server.answers:
            status, headers = self.server.answers[name]
            self._send(status, headers)
        elif name not in self.server.files:
            self._send(404, {"X-Error-Code": "EntryNotFound"})
        else:
            data = self.server.files[name]
            headers = {"X-Repo-Commit": COMMIT, "X-Linked-Etag": f'"{hashlib.sha256(data).hexdigest()}"'}
            headers |= {"X-Linked-Size": str(self.server.stated_sizes.get(name, len(data)))}
            target = self.server.redirects.get(name, f"{self.server.contents}/{quote(name)}")
            self._send(302, headers | {"Location": target})

    def do_GET(self) -> None:
        self._note()
        if found := _LIST.fullmatch(self.path):
            names = [each.removeprefix(f"{found[1]}/") for each in self.server.files if each.startswith(found[1])]
            body = {"id": found[1], "sha": COMMIT, "siblings": [{"rfilename": name} for name in names]}
            self._send(200, {"Content-Type": "application/json"}, json.dumps(body).encode())
            return
        name = unquote(self.path.partition("/content/")[2].partition("?")[0])
        if self.path in self.server.redirects:
            self._send(302, {"Location": self.server.redirects[self.path]})
        elif self.path in self.server.answers:
            status, headers = self.server.answers[self.path]
            self._send(status, headers)
        elif name not in self.server.files:
            self._send(404, {})
        else:
            self._send_content(name)

    def _send_content(self, name: str) -> None:
        data = self.server.lies.get(name, self.server.files[name])
        tag = f'"{hashlib.md5(data).hexdigest()}"'
        extent = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        start = int(extent[1]) if extent and self.headers.get("If-Range", tag) == tag else 0
        headers = {"ETag": tag}
        if start:
            headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
        cut = self.server.cuts.pop(0) if self.server.cuts else None
        body = data[start:]
        self._send(206 if start else 200, headers, body if cut is None else body[:cut], length=len(body))
        if cut is not None:
            self.wfile.flush()
            self.close_connection = True

    def _send(self, status: int, headers: Mapping[str, str], body: bytes = b"", length: int | None = None) -> None:
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def _note(self) -> None:
        extent, authority = self.headers.get("Range", ""), self.headers.get("Authorization", "")
        self.server.requests.append((self.command, self.path, extent, authority))
