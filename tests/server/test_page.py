"""The web page for a phone, in a headless Chromium, and the interface by which it shows the gallery."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from gdm_studio.maths.noise_path import Denoise
from gdm_studio.models.model_card import ModelCard
from gdm_studio.server.access_control import Access
from gdm_studio.server.app import create_app
from gdm_studio.server.service import Service
from tests.helpers.chromium import PHONE, PROGRAM, Browser
from tests.helpers.gaussian_model import CARD, GaussianLibrary, GaussianModel
from tests.helpers.http_client import TOKEN, RunningServer, running_server, until

needs_chromium = pytest.mark.skipif(PROGRAM is None, reason="Chromium is not installed")
FINISHED = 'document.querySelector("#status").textContent === "Saved in the gallery"'


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    browser = Browser(tmp_path / "profile")
    try:
        yield browser
    finally:
        browser.close()


@pytest.fixture
def server() -> Iterator[RunningServer]:
    with running_server() as server:
        yield server


def is_shown(browser: Browser, selector: str) -> bool:
    return bool(browser.evaluate(f"document.querySelector({json.dumps(selector)}).offsetParent !== null"))


@needs_chromium
def test_a_phone_generates_an_image_and_finds_it_again(browser: Browser, server: RunningServer) -> None:
    page = f"http://127.0.0.1:{server.port}/"
    browser.open(page)
    browser.wait('!document.querySelector("#door").hidden')
    browser.type("#token", "wrong")
    browser.click("#door button")
    browser.wait('document.querySelector("#error").textContent === "The token is wrong."')
    browser.type("#token", TOKEN)
    browser.click("#door button")
    browser.wait('document.querySelector("#link").textContent === "Connected"')
    assert not is_shown(browser, "#door") and not is_shown(browser, "#error") and is_shown(browser, "#none")
    browser.type("#prompt", "a red disc")
    browser.click("#go")
    browser.wait(FINISHED)
    # One button for each step, and one for the image.
    assert browser.evaluate('document.querySelectorAll("#strip img").length') == 9
    assert browser.evaluate('document.querySelector("#stage").naturalWidth') == 128
    assert browser.evaluate('document.querySelector("#caption").textContent').startswith("a red disc · seed ")
    browser.wait('document.querySelectorAll("#latest img").length === 1')
    # Nothing is wider than the screen.
    assert browser.evaluate("document.documentElement.scrollWidth") == PHONE[0]
    browser.click("#strip button:nth-child(2)")
    assert browser.evaluate('document.querySelector("#caption").textContent') == ""
    # Images of other programs appear by themselves, and everything is there after the page was loaded again.
    assert server.post("/v1/images/generations", {"prompt": "a blue disc"}).status == 200
    browser.wait('document.querySelectorAll("#latest img").length === 2')
    browser.open(page)
    browser.wait('document.querySelectorAll("#latest img").length === 2')
    assert browser.evaluate('document.querySelector("#prompt").value') == "a red disc"
    browser.click("#latest button")
    browser.wait('document.querySelector("#caption").textContent.startsWith("a blue disc · seed ")')
    browser.click("#reuse")
    assert browser.evaluate('document.querySelector("#prompt").value') == "a blue disc"
    assert TOKEN not in browser.evaluate("location.href")


@needs_chromium
def test_the_page_reports_errors_and_stops_requests(browser: Browser) -> None:
    gate = threading.Event()

    class GatedModel(GaussianModel):
        """Model that waits before its first step."""

        def denoiser(self, *args: Any) -> Denoise:
            assert gate.wait(120)
            return super().denoiser(*args)

    with running_server(GaussianLibrary(kind=GatedModel)) as server:
        browser.open(f"http://127.0.0.1:{server.port}/#{TOKEN}")
        browser.wait('document.querySelector("#link").textContent === "Connected"')
        browser.type("#prompt", "a red disc")
        browser.evaluate('document.querySelector("#ask").noValidate = true')
        browser.evaluate('document.querySelector("#steps").value = "151"')
        browser.click("#go")
        browser.wait('document.querySelector("#error").textContent.includes("at most 150 steps")')
        browser.evaluate('document.querySelector("#steps").value = ""')
        browser.click("#go")
        browser.wait("!document.querySelector('#stop').hidden")
        assert not is_shown(browser, "#error")
        browser.click("#stop")
        browser.wait('document.querySelector("#status").textContent === "Stopping…"')
        gate.set()
        browser.wait('document.querySelector("#status").textContent === "Stopped"')
    browser.wait('document.querySelector("#link").textContent === "Connecting…"')
    browser.click("#go")
    browser.wait('document.querySelector("#error").textContent.startsWith("The server cannot be reached")')


class Line:
    """TCP line to a server, which can be cut and restored, as on a phone between two cells."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._ends: list[socket.socket] = []
        self._is_cut = False
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Close all connections, and new ones as soon as they are made."""
        self._is_cut = True
        for each in self._ends:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        self._ends.clear()

    def restore(self) -> None:
        self._is_cut = False

    def close(self) -> None:
        self.cut()
        self._listening.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                if self._is_cut:
                    near.close()
                    continue
                far = socket.create_connection(("127.0.0.1", self._port))
                self._ends += [near, far]
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    @staticmethod
    def _pump(source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while part := source.recv(65536):
                sink.sendall(part)
        for each in (source, sink):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


@pytest.mark.slow
@needs_chromium
def test_a_lost_connection_and_a_reload_lose_nothing(browser: Browser) -> None:
    library = GaussianLibrary(step_seconds=0.3)
    with running_server(library) as server, contextlib.closing(Line(server.port)) as line:
        browser.open(f"http://127.0.0.1:{line.port}/#{TOKEN}")
        browser.wait('document.querySelector("#link").textContent === "Connected"')
        browser.type("#prompt", "a red disc")
        browser.evaluate('document.querySelector("#steps").value = "12"')
        browser.click("#go")
        browser.wait('document.querySelector("#status").textContent.startsWith("Step 3 ")')
        line.cut()
        browser.wait('document.querySelector("#error").textContent.startsWith("The connection is lost.")')
        browser.wait('document.querySelector("#link").textContent === "Connecting…"')
        library.hurry()
        until(lambda: server.get("/v1/images").json["data"])
        line.restore()
        browser.wait(FINISHED)
        browser.wait('document.querySelector("#link").textContent === "Connected"')
        assert not is_shown(browser, "#error")
        # The steps that were missed, too.
        assert browser.evaluate('document.querySelectorAll("#strip img").length') == 13
        browser.wait('document.querySelectorAll("#latest img").length === 1')
        # A submission whose answer is lost is repeated, and made once. The page can be loaded again meanwhile.
        library.hurried.clear()
        line.cut()
        browser.click("#go")
        browser.wait('document.querySelector("#error").textContent.startsWith("The server cannot be reached")')
        line.restore()
        browser.wait('document.querySelector("#status").textContent.startsWith("Step 2 ")')
        browser.open(f"http://127.0.0.1:{line.port}/?again#{TOKEN}")
        browser.wait('document.querySelectorAll("#strip img").length > 2')
        library.hurry()
        browser.wait(FINISHED)
        assert browser.evaluate('document.querySelectorAll("#strip img").length') == 13
        browser.wait('document.querySelectorAll("#latest img").length === 2')
        assert len(server.get("/v1/images").json["data"]) == 2
        browser.open(f"http://127.0.0.1:{line.port}/?later#{TOKEN}")
        browser.wait('document.querySelectorAll("#latest img").length === 2')
        assert not is_shown(browser, "#now") and not is_shown(browser, "#error")


@needs_chromium
def test_the_fields_follow_the_model(browser: Browser) -> None:
    class Library(GaussianLibrary):
        def cards(self) -> list[ModelCard]:
            unprompted = replace(CARD.accepts, prompt="", negative=False, labels=("cat", "dog"), steps=False)
            classes = replace(CARD, name="classes", title="Classes", accepts=unprompted, styles=())
            alone = replace(classes, name="alone", title="Alone", accepts=replace(unprompted, labels=()))
            return [CARD, classes, alone]

        def card(self, name: str) -> ModelCard:
            return next(card for card in self.cards() if card.name == name)

    def choose(model: str) -> None:
        browser.evaluate(f"""(e => {{
            e.value = {json.dumps(model)};
            e.dispatchEvent(new Event("change"));
        }})(document.querySelector("#model"))""")

    with running_server(Library()) as server:
        browser.open(f"http://127.0.0.1:{server.port}/#{TOKEN}")
        browser.wait('document.querySelector("#link").textContent === "Connected"')
        browser.evaluate('document.querySelector("details").open = true')
        fields = ("#prompt", "#class", "#style", "#steps", "#promptless")
        shown = {}
        for model in ("gaussian", "classes", "alone"):
            choose(model)
            shown[model] = [field for field in fields if is_shown(browser, field)]
        assert shown == {"gaussian": ["#prompt", "#style", "#steps"], "classes": ["#class"], "alone": ["#promptless"]}
        assert browser.evaluate("document.documentElement.scrollWidth") == PHONE[0]
        browser.click("#go")
        browser.wait(FINISHED)
        choose("classes")
        browser.evaluate('document.querySelector("#class").value = "dog"')
        browser.click("#go")
        browser.wait('document.querySelector("#caption").textContent.startsWith("dog · seed ")')
        # The choice is this page's, and survives a reload.
        assert server.get("/v1/model-settings").json["default"] == "gaussian"
        browser.open(f"http://127.0.0.1:{server.port}/?again#{TOKEN}")
        browser.wait('document.querySelector("#model").value === "classes"')
        assert [each["label"] for each in server.get("/v1/images").json["data"]] == ["dog", ""]


def test_the_newest_images_are_listed_and_can_be_read(server: RunningServer) -> None:
    for prompt in ("a red disc", "a blue disc"):
        assert server.post("/v1/images/generations", {"prompt": prompt}).status == 200
    listed = server.get("/v1/images?limit=1").json["data"]
    assert [(each["prompt"], each["size"]) for each in listed] == [("a blue disc", [128, 128])]
    assert len(server.get("/v1/images").json["data"]) == 2
    whole = server.get(f"/v1/images/{listed[0]['id']}")
    assert whole.headers["content-type"] == "image/png" and Image.open(io.BytesIO(whole.body)).size == (128, 128)
    small = server.get(f"/v1/images/{listed[0]['id']}?side=32")
    assert Image.open(io.BytesIO(small.body)).size == (32, 32)
    assert server.get("/v1/images/..%2f..%2fetc%2fpasswd").status == 404
    assert server.get("/v1/images/unknown").status == 404
    for wrong in ("?limit=0", "?limit=51", "?limit=-1", "?limit=1e3", f"/{listed[0]['id']}?side=9999999999"):
        assert server.get(f"/v1/images{wrong}").status == 400
    assert server.request("GET", "/v1/images", headers={}).status == 401


def test_a_listener_that_is_gone_before_its_first_event_is_forgotten() -> None:
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "path": "/v1/events",
        "raw_path": b"/v1/events",
        "query_string": b"",
        "headers": [(b"host", b"localhost"), (b"authorization", f"Bearer {TOKEN}".encode())],
        "client": ("127.0.0.1", 1),
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: object) -> None: ...

    with Service(GaussianLibrary()) as service:  # type: ignore[arg-type]
        asyncio.run(create_app(service, Access(TOKEN))(scope, receive, send))  # type: ignore[arg-type]
        assert len(service.events) == 0
