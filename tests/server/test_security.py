"""Hostile requests are refused with one sentence, say nothing about this machine, and leave nothing behind."""

from __future__ import annotations

import base64
import io
import itertools
import json
import random
import socket
import stat
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from PIL import Image

from gdm_studio.common import paths
from gdm_studio.common.errors import BadRequest
from gdm_studio.server import http_server
from gdm_studio.server.access_control import Access
from gdm_studio.server.http_server import open_socket, read_token
from gdm_studio.server.limits import Limits, public_sentence
from tests.helpers.http_client import PATIENCE, TOKEN, RunningServer, png_base64, running_server, until

TXT2IMG = "/sdapi/v1/txt2img"
IMG2IMG = "/sdapi/v1/img2img"
GOOD = {"prompt": "a red disc", "steps": 1}
# Bodies of txt2img.
BAD_FIELDS: dict[str, list[object]] = {
    "prompt": [1, ["x"], {"a": 1}, True, "\ud800", "x\0y", "x" * 200_000],
    "negative_prompt": [7, [], "\udfff", "y" * 200_000],
    "steps": [0, -1, 151, 10**6, 10**300, 1.5, "20", [], True, 1e999, -1e999],
    "width": [0, -8, 7, 2049, 10**9, 64.5, "128", {}],
    "height": [0, -8, 7, 4096, 10**9, 0.1, "128", []],
    "batch_size": [0, -1, 17, 10**9, 1.5, "1", False],
    "n_iter": [0, -1, 17, 10**9, "x"],
    "cfg_scale": [-1, 31, 1e300, "7", [], True],
    "seed": ["1", 1.5, [], {}, 1e300],
    "sampler_name": ["no such sampler", 5, [], "../../etc/passwd", "Euler" * 1000],
    "scheduler": [5, {}, []],
    "override_settings": ["x", [], 5, {"sd_model_checkpoint": 5}, {"CLIP_stop_at_last_layers": "x"}],
    "restore_faces": ["yes", 1],
    "enable_hr": ["yes", 1],
}
MODELS = (
    "/etc/passwd",
    "/etc/passwd.safetensors",
    "../../x.safetensors",
    "C:\\x.ckpt",
    "~/x.safetensors",
    "no such model",
    "gaussian@0123456789abcdef",
    "x" * 100_000,
    "\x1b]0;x\x07",
    "'; DROP TABLE pictures; --",
)
BAD_IMAGES: list[object] = [
    "",
    "x",
    "!!!!",
    "file:///etc/passwd",
    "http://127.0.0.1:1/x.png",
    "https://example.org/x.png",
    "/etc/passwd",
    "data:text/html;base64,PGI+",
    "data:image/png;base64,",
    base64.b64encode(b"<svg/>").decode(),
    base64.b64encode(b"\x89PNG\r\n\x1a\n").decode(),
    base64.b64encode(b"GIF89a").decode(),
    5,
    None,
    [],
    {"a": 1},
    base64.b64encode(base64.b64decode(png_base64())[:60]).decode(),
]
BAD_JSON = (
    b"",
    b"{",
    b"[]",
    b"null",
    b"5",
    b'"x"',
    b"{'a': 1}",
    b'{"a":}',
    b"\xff\xfe",
    b"\x00" * 100,
    b"[" * 5000,
    b'{"a":' * 5000,
    b'{"a":' * 30 + b"1" + b"}" * 30,
    b"NaN",
    b'{"prompt": "\xff"}',
    b'{"steps": ' + b"9" * 5000 + b"}",
    b"<xml/>",
    b"a=1&b=2",
    b"[" * 100_000,
)
PATHS = (
    "/../../etc/passwd",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/sdapi/v1/../../x",
    "//etc/passwd",
    "/.git/config",
    "/file=/etc/passwd",
    "/sdapi/v1/txt2img/",
    "/sdapi/v1/memory%00",
    "/v1/events%0d%0aX: y",
    "/resources/server/page.html",
    "/docs",
    "/openapi.json/",
    "/v1/files/x.png",
    "/v1/files/..%2fx.png?expires=99999999999",
    "/static/x",
    "/%ff%fe",
    "/v1/images/edits",
    "/sdapi/v1/server-kill",
    "/" + "a" * 4000,
)
HOSTS = (
    "evil.example",
    "evil.example:80",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "localhost@evil.example",
    "",
    "127.0.0.1:80:80",
    "[::1",
    "xn--e1awd7f.com",
    "127.0.0.1\tx",
    "0x7f.1.evil",
    "attacker.test:{port}",
    "127.0.0.1#x",
    "127.1",
    "2130706433",
    "localhost:abc",
)
ORIGINS = (
    "http://evil.example",
    "https://evil.example",
    "null",
    "http://localhost:{other}",
    "http://127.0.0.1:{other}",
    "file://",
    "http://127.0.0.1:{port}.evil.example",
    "https://127.0.0.1:{port}",
    "",
    "http://127.0.0.1:{port}/",
    "chrome-extension://x",
)
AUTHORIZATIONS = (
    None,
    "",
    "Bearer",
    "Bearer ",
    "Bearer x",
    f"Bearer {TOKEN}x",
    f"Bearer {TOKEN[:-1]}",
    f"Bearer {TOKEN.upper()}",
    TOKEN,
    f"Token {TOKEN}",
    "Basic",
    "Basic !!!",
    "Basic " + base64.b64encode(b"user:wrong").decode(),
    "Basic " + base64.b64encode(f"{TOKEN}:x".encode()).decode(),
    "Bearer " + "x" * 8000,
    "Bearer \xff\xfe",
    "Digest username=x",
    "Basic " + base64.b64encode(f"user:x:{TOKEN}".encode()).decode(),
)
# Requests whose head is refused, as bytes. The server closes the connection.
RAW = (
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00",
    b"GET /\r\n\r\n",
    b"get / http/1.1\r\nhost: localhost\r\n\r\n\r\n",
    b"\x00" * 64,
    b"GET / HTTP/1.1\nHost:localhost\n bad\n\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 70_000,
    b"GET / HTTP/1.1\r\n" + b"".join(b"X%d: y\r\n" % i for i in range(5000)) + b"\r\n",
    b"GET /" + b"a" * 70_000,
    b"POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
    b"POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    b"POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999\r\n\r\n",
    b"POST /v1/events HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
)


def bomb(width: int, height: int) -> str:
    """Return a PNG of a few bytes whose header announces a size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    data = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )
    return base64.b64encode(data).decode()


def head(line: str, **headers: str) -> bytes:
    named = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"{line} HTTP/1.1\r\n{named}Connection: close\r\n\r\n".encode("latin-1")


def hostile_bodies() -> Iterator[tuple[str, object]]:
    """Yield (path, body) of well-formed requests that must be refused."""
    for name, values in BAD_FIELDS.items():
        for value in values:
            yield TXT2IMG, GOOD | {name: value}
    for model in MODELS:
        yield TXT2IMG, GOOD | {"override_settings": {"sd_model_checkpoint": model}}
        yield "/sdapi/v1/options", {"sd_model_checkpoint": model}
        yield "/v1/images/generations", {"prompt": "x", "model": model}
    for image in [*BAD_IMAGES, bomb(30_000, 30_000), bomb(5000, 5000), bomb(1, 70_000)]:
        yield IMG2IMG, GOOD | {"init_images": [image]}
        yield "/sdapi/v1/png-info", {"image": image}
        yield "/sdapi/v1/extra-single-image", {"image": image}
    for images in ("x", [], {}, [[]], None):
        yield IMG2IMG, GOOD | {"init_images": images}
    for mask in (5, "x", [], bomb(30_000, 30_000)):
        yield IMG2IMG, GOOD | {"init_images": [png_base64()], "mask": mask}
    for strength in (-0.1, 1.1, "x"):
        yield IMG2IMG, GOOD | {"init_images": [png_base64()], "denoising_strength": strength}
    for factor in (0, 0.5, 4.1, 1e9, "2", -1):
        yield "/sdapi/v1/extra-single-image", {"image": png_base64(), "upscaling_resize": factor}
    for size in (0, -1, 10**9, "x"):
        yield "/sdapi/v1/extra-single-image", {"image": png_base64(), "resize_mode": 1, "upscaling_resize_w": size}
    yield "/sdapi/v1/extra-single-image", {"image": png_base64(), "upscaler_1": "../x"}
    for more in (
        *({"n": n} for n in (0, -1, 17, 1.5, "1")),
        *({"size": size} for size in ("x", "0x0", "9999999x1", "4096x4096", "-1x5", 5)),
        *({"response_format": "x"}, {"stream": "true"}, {"prompt": 5}, {"prompt": None}, {"output_format": "gif"}),
        *({"partial_images": 4, "stream": True}, {"output_compression": 101}, {"background": "red"}, {"seed": 2**63}),
        {"background": "transparent", "output_format": "jpeg"},
    ):
        yield "/v1/images/generations", {"prompt": "x"} | more


def check_refusal(status: int, path: str, body: bytes) -> None:
    """Check that an answer is an error in the format of its interface, and tells nothing about this machine."""
    assert 400 <= status < 500, (status, path, body[:300])
    for secret in (TOKEN, str(paths.data_dir()), "Traceback", "gdm_studio/", "site-packages", "root:"):
        assert secret.encode() not in body, (secret, path, body[:300])
    assert len(body) < 3000
    found = json.loads(body)
    sentence = found["error"]["message"] if path.startswith("/v1/") else found["detail"]
    assert isinstance(sentence, str) and sentence and "\n" not in sentence


def is_idle(server: RunningServer) -> bool:
    service = server.service
    return not service._tickets and service.waiting_count() == 0 and len(service.events) == 0


@pytest.mark.slow
def test_hostile_bodies_are_refused(server: RunningServer, monkeypatch: pytest.MonkeyPatch) -> None:
    bodies = list(hostile_bodies())
    # Lines in the server's terminal, which a client must not be able to fill.
    reports: list[str] = []
    monkeypatch.setattr(server.service, "_report", reports.append)
    answers = [(path, body, server.post(path, body)) for path, body in bodies]
    # Texts are read without decoding the pixels, so that a damaged image is one without settings.
    empty = {"info": "", "items": {}, "parameters": {}}
    answers = [each for each in answers if not (each[0].endswith("png-info") and each[2].json == empty)]
    assert [(path, str(body)[:200]) for path, body, answer in answers if answer.status == 200] == []
    for path, _, answer in answers:
        check_refusal(answer.status, path, answer.body)
    for body in BAD_JSON[1:]:
        for path in (TXT2IMG, "/v1/images/generations", "/sdapi/v1/png-info"):
            headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
            answer = server.request("POST", path, body, headers)
            check_refusal(answer.status, path, answer.body)
    assert len(bodies) + 3 * len(BAD_JSON) > 250 and is_idle(server)
    assert server.post(TXT2IMG, GOOD).status == 200
    assert reports == []


@pytest.fixture
def impatient_server() -> Iterator[RunningServer]:
    """Run a server that closes idle connections at once."""
    with running_server(limits=Limits(idle_seconds=0.02)) as running:
        yield running


@pytest.mark.slow
def test_hostile_heads_are_refused(impatient_server: RunningServer) -> None:
    server = impatient_server
    bearer = f"Bearer {TOKEN}"
    port, other = server.port, server.port + 1
    for path in PATHS:
        answer = server.raw(head(f"GET {path}", Host="localhost", Authorization=bearer))
        assert b"404 Not Found" in answer or b"405 Method" in answer or b"400 Bad" in answer, (path, answer[:200])
        assert b"root:" not in answer
    for host, path in itertools.product(HOSTS, ("/", "/sdapi/v1/options", "/v1/events")):
        answer = server.raw(head(f"GET {path}", Host=host.format(port=port), Authorization=bearer))
        assert answer[9:12] in (b"403", b"400"), (host, answer[:200])
    for origin, path in itertools.product(ORIGINS, ("/", "/sdapi/v1/options", "/v1/models")):
        named = origin.format(port=port, other=other)
        answer = server.raw(head(f"GET {path}", Host=f"127.0.0.1:{port}", Origin=named, Authorization=bearer))
        assert answer[9:12] == b"403" and b"access-control-allow" not in answer.lower(), (origin, answer[:200])
    for site in ("cross-site", "same-site", "x"):
        named = {"Host": f"127.0.0.1:{port}", "Sec_Fetch_Site": site, "Authorization": bearer}
        assert server.raw(head("GET /sdapi/v1/options", **named))[9:12] == b"403"
    for value, path in itertools.product(
        AUTHORIZATIONS, ("/sdapi/v1/options", "/v1/events", f"/v1/models?token={TOKEN}")
    ):
        named = {"Host": "localhost"} | ({} if value is None else {"Authorization": value})
        answer = server.raw(head(f"GET {path}", **named))
        assert answer[9:12] in (b"401", b"400"), (value, answer[:200])
        assert TOKEN.encode() not in answer
    for data in RAW:
        answer = server.raw(data)
        assert answer == b"" or answer[9:12] in (b"400", b"401", b"403", b"411", b"413", b"505"), (
            data[:80],
            answer[:200],
        )
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "BREW"):
        answer = server.raw(head(f"{method} /sdapi/v1/options", Host="localhost", Authorization=bearer))
        assert answer[9:12] in (b"405", b"400", b"404"), (method, answer[:200])
    for kind in ("text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", ""):
        named = {"Host": "localhost", "Authorization": bearer, "Content_Type": kind, "Content_Length": "2"}
        assert server.raw(head(f"POST {TXT2IMG}", **named) + b"{}")[9:12] == b"415"
    large = {"Host": "localhost", "Authorization": bearer, "Content_Type": "application/json"}
    assert server.raw(head(f"POST {TXT2IMG}", **large, Content_Length=str(2**25 + 1)))[9:12] == b"413"
    assert is_idle(server) and server.get("/sdapi/v1/options").status == 200


@pytest.mark.slow
def test_hundreds_of_random_requests_are_answered_and_leave_nothing_behind() -> None:
    """Bytes of valid requests are changed at random. The last request is answered as the first."""
    body = json.dumps(GOOD | {"width": 128, "height": 128, "seed": 1, "sampler_name": "Euler"}).encode()
    named = {"Host": "localhost", "Authorization": f"Bearer {TOKEN}", "Content_Type": "application/json"}
    whole = head(f"POST {TXT2IMG}", **named, Content_Length=str(len(body))) + body
    draw = random.Random(7)
    limits = Limits(head_seconds=0.02, body_seconds=0.02, idle_seconds=0.02)
    with running_server(limits=limits) as server:
        for _ in range(400):
            data = bytearray(whole)
            for _ in range(draw.randint(1, 4)):
                place = draw.randrange(len(data))
                data[place : place + draw.choice((0, 1, 1, 3))] = draw.randbytes(draw.choice((0, 1, 1, 2)))
            answer = server.raw(bytes(data))
            assert answer == b"" or (answer.startswith(b"HTTP/1.1 ") and answer[9:10] in b"24"), (data, answer[:300])
            assert b"Traceback" not in answer
        # On a busy machine, the server may not wait for the head of a good request either.
        options = head("GET /sdapi/v1/options", Host="localhost", Authorization=f"Bearer {TOKEN}")
        assert any(server.raw(options)[9:12] == b"200" for _ in range(100)) and is_idle(server)


@pytest.mark.slow
def test_slow_clients_are_cut_off() -> None:
    named = {"Host": "localhost", "Authorization": f"Bearer {TOKEN}", "Content_Type": "application/json"}
    with running_server(limits=Limits(head_seconds=0.5, body_seconds=0.5, idle_seconds=0.5)) as server:
        # A connection that sends nothing, or half of a head, is closed without an answer.
        assert server.raw(b"") == b"" and server.raw(b"GET / HTT") == b""
        answer = server.raw(head(f"POST {TXT2IMG}", **named, Content_Length="100") + b'{"prompt"')
        assert answer[9:12] == b"408" and b"took too long" in answer
        # The first request of a kept connection has been answered before its second head stays incomplete.
        both = server.raw(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\nGET / HT")
        assert both.count(b"HTTP/1.1 200") == 1


@pytest.mark.slow
@pytest.mark.parametrize("line", ["POST /sdapi/v1/txt2img", "POST /", "GET /"])
def test_a_body_that_nobody_reads_does_not_occupy_a_connection(line: str) -> None:
    limits = Limits(idle_seconds=2 * PATIENCE)
    with (
        running_server(limits=limits) as server,
        socket.create_connection(("127.0.0.1", server.port), PATIENCE) as connection,
    ):
        named = {"Host": "localhost", "Content_Type": "application/json", "Content_Length": "1000"}
        connection.sendall(head(line, **named).replace(b"Connection: close\r\n", b"") + b"x")
        while connection.recv(65536):
            pass
        until(lambda: server.http.connection_count == 0)


def test_a_client_that_is_still_sending_learns_why_it_is_refused(server: RunningServer) -> None:
    body = json.dumps({"prompt": "x" * 8_000_000}).encode()
    for path, token, status in ((TXT2IMG, "wrong", 401), ("/v1/embeddings", TOKEN, 404), ("/v1/models", TOKEN, 405)):
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        assert server.request("POST", path, body, headers).status == status
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "image/png"}
    assert server.request("POST", TXT2IMG, body, headers).status == 415


@contextmanager
def large_answer(server: RunningServer, side: int) -> Iterator[socket.socket]:
    """Request an answer of more than 5 · side² bytes, and return the connection."""
    pixels = np.random.default_rng(1).integers(0, 256, (side, side, 4), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", compress_level=1)
    body = json.dumps(
        {"image": base64.b64encode(buffer.getvalue()).decode(), "upscaler_1": "None", "upscaling_resize": 1}
    )
    named = {"Host": "localhost", "Authorization": f"Bearer {TOKEN}", "Content_Type": "application/json"}
    data = head("POST /sdapi/v1/extra-single-image", **named, Content_Length=str(len(body))) + body.encode()
    with socket.socket() as connection:
        # With larger buffers, the system would read the answer in place of the client.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(PATIENCE)
        connection.connect(("127.0.0.1", server.port))
        connection.sendall(data)
        yield connection


@pytest.mark.slow
def test_a_client_that_reads_nothing_is_cut_off() -> None:
    with running_server(limits=Limits(send_seconds=0.1)) as server, large_answer(server, 1200):
        until(lambda: server.http.connection_count == 0)
        assert server.get("/sdapi/v1/options").status == 200


@pytest.mark.slow
def test_unread_answers_of_all_clients_are_limited() -> None:
    with running_server(limits=Limits(unread_bytes=2**20)) as server, large_answer(server, 1200) as first:
        assert first.recv(9) == b"HTTP/1.1 "
        with large_answer(server, 1200) as latest:
            assert latest.recv(9) == b"HTTP/1.1 "
            until(lambda: server.http.connection_count == 1)


@pytest.mark.slow
def test_a_slow_client_is_cut_off_only_when_it_stops_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    timers: list[Any] = []

    class ManualDeadline(http_server._Deadline):
        """Timer that only the test lets run out."""

        is_running = False

        def start(self) -> None:
            self.is_running = True
            timers.append(self)

        def stop(self) -> None:
            self.is_running = False

        def run_out(self) -> None:
            until(lambda: self.is_running)
            self.is_running = False
            self._loop.call_soon_threadsafe(self._act)

    monkeypatch.setattr(http_server, "_Deadline", ManualDeadline)
    with running_server() as server, large_answer(server, 1600) as connection:
        # The timer of the head ends with the request, and that of the answer starts.
        until(lambda: timers and timers[-1].is_running and timers[-1]._act.__name__ == "_check_progress")
        timer = timers[-1]
        protocol = timer._act.__self__
        for _ in range(4):
            before = protocol._unread_bytes
            left = 2**20
            while left > 0:
                received = len(connection.recv(65536))
                assert received, "the server closed the connection"
                left -= received
            until(lambda: before - protocol.transport.get_write_buffer_size() >= 2**16)  # noqa: B023
            timer.run_out()
            until(lambda: protocol._unread_bytes < before)  # noqa: B023
            assert server.http.connection_count == 1

        # What is on its way still counts as read.
        while server.http.connection_count:
            timer.run_out()
            until(lambda: timer.is_running or not server.http.connection_count)


def test_connections_are_limited() -> None:
    with running_server(limits=Limits(connections=4)) as server:
        idle = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(4)]
        # The server takes connections in their order, so that it has taken the idle ones before this one.
        assert server.get("/sdapi/v1/options").status == 503
        for connection in idle:
            connection.close()


def test_an_allowed_origin_may_use_the_server() -> None:
    origin = "http://localhost:3000"
    with running_server(access=Access(TOKEN, ["studio.local"], [origin])) as server:
        asked = {
            "Origin": origin,
            "Access_Control_Request_Method": "POST",
            "Access_Control_Request_Headers": "authorization",
        }
        preflight = server.raw(head(f"OPTIONS {TXT2IMG}", Host="studio.local:80", **asked))
        assert preflight[9:12] == b"200" and f"access-control-allow-origin: {origin}".encode() in preflight
        answer = server.get("/sdapi/v1/options", Origin=origin, Sec_Fetch_Site="cross-site")
        assert answer.status == 200 and answer.headers["access-control-allow-origin"] == origin
        assert server.get("/sdapi/v1/options", Origin="http://localhost:3001").status == 403
        assert server.raw(head(f"POST {TXT2IMG}", Host="studio.local", Origin=origin))[9:12] == b"401"


def test_the_page_needs_no_token_and_contains_none(server: RunningServer) -> None:
    page = server.raw(head("GET /", Host="localhost"))
    assert page[9:12] == b"200" and TOKEN.encode() not in page
    policy = next(line for line in page.split(b"\r\n") if line.lower().startswith(b"content-security-policy"))
    assert b"default-src 'none'" in policy and b"http" not in policy.partition(b":")[2]
    body = page.partition(b"\r\n\r\n")[2]
    assert b"http://" not in body and b"https://" not in body
    # Other sites may link to the page, but not show it in a frame.
    linked = server.raw(head("GET /", Host="localhost", Sec_Fetch_Site="cross-site"))
    assert linked[9:12] == b"200" and b"x-frame-options: DENY" in linked


def test_the_token_is_private_and_can_be_replaced() -> None:
    token = read_token()
    assert read_token() == token and len(token) >= 24
    mode = stat.S_IMODE((paths.data_dir() / "server_token").stat().st_mode)
    assert mode == 0o600
    assert read_token(replace=True) != token
    (paths.data_dir() / "server_token").write_bytes(b"\xff short")
    assert len(read_token()) >= 24


@pytest.mark.parametrize(("host", "port"), [("no such host.invalid", 0), ("127.0.0.1", 70_000), ("x" * 300, 1)])
def test_an_unusable_address_is_one_sentence(host: str, port: int) -> None:
    with pytest.raises(BadRequest, match="The server cannot use port"):
        open_socket(host, port)


def test_a_port_that_is_in_use_is_named_once() -> None:
    with open_socket("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(BadRequest) as refused:
            open_socket("127.0.0.1", port)
    sentence = str(refused.value)
    assert sentence.startswith(f"The server cannot use port {port} of 127.0.0.1 (") and sentence.count(str(port)) == 1
    assert sentence.endswith("); choose others.") and sentence.count("(") == 1


def test_sentences_for_clients_contain_no_path() -> None:
    for sentence in (
        "/home/ann/x.png is damaged.",
        "C:\\Users\\ann\\x is full.",
        "~/models/x has gone.",
        "\\\\nas\\x\\y.",
    ):
        assert public_sentence(BadRequest(sentence)) == "Check the settings; the server's terminal shows more."
    assert public_sentence(BadRequest("steps must be 1/2 or 3.")) == "steps must be 1/2 or 3."
    assert "secret" not in public_sentence(ValueError("/secret"))
