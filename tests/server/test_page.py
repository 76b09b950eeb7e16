"""The web page for a phone, in a headless Chromium, and the interface by which it shows the gallery."""

from __future__ import annotations

import asyncio
import io
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from gdm_studio.maths.noise_path import Denoise
from gdm_studio.server.access_control import Access
from gdm_studio.server.app import create_app
from gdm_studio.server.service import Service
from tests.helpers.chromium import PHONE, PROGRAM, Browser
from tests.helpers.gaussian_model import GaussianLibrary, GaussianModel
from tests.helpers.http_client import TOKEN, RunningServer, running_server

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
        browser.wait('document.querySelector("#status").textContent === "Stopped"')
        gate.set()
    browser.wait('document.querySelector("#link").textContent === "Connecting…"')
    browser.click("#go")
    browser.wait('document.querySelector("#error").textContent.startsWith("The server cannot be reached")')


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
