"""A headless Chromium that shows one page, driven by the DevTools protocol over two pipes."""

from __future__ import annotations

import base64
import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path
from queue import Queue
from typing import Any

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser")
PATIENCE = 90.0
# Chromium reads from file descriptor 3 and writes to 4. The copies cannot be one of them.
EXECUTE = """
import fcntl, os, sys
pipes = [fcntl.fcntl(int(each), fcntl.F_DUPFD, 10) for each in sys.argv[1:3]]
for place, pipe in enumerate(pipes, 3):
    os.dup2(pipe, place)
os.execv(sys.argv[3], sys.argv[3:])
"""
# Size of a phone's screen in CSS pixels.
PHONE = (390, 844)


class Browser:
    """Headless Chromium process that shows one web page, for tests of the web pages of the server.

    `folder` is for its profile. Call `close` at the end.
    """

    def __init__(self, folder: Path) -> None:
        assert PROGRAM is not None
        own, theirs = os.pipe(), os.pipe()
        options = ["--headless", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--no-first-run"]
        options += ["--disable-dev-shm-usage", "--disable-background-networking", f"--user-data-dir={folder}"]
        self._process = subprocess.Popen(
            [sys.executable, "-c", EXECUTE, str(own[0]), str(theirs[1]), PROGRAM, *options, "about:blank"],
            pass_fds=(own[0], theirs[1]),
            stderr=subprocess.DEVNULL,
            process_group=0,
            # A browser that is killed leaves temporary files behind, which should not stay in memory.
            env={name: value for name, value in os.environ.items() if name != "TMPDIR"},
        )
        os.close(own[0])
        os.close(theirs[1])
        self._out = os.fdopen(own[1], "wb", buffering=0)
        self._in = os.fdopen(theirs[0], "rb")
        self._numbers = itertools.count(1)
        self._answers: Queue[dict[str, Any]] = Queue()
        self._session = ""
        threading.Thread(target=self._read, daemon=True).start()
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.set_size(*PHONE)

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Call a method of the DevTools protocol in the browser, and return its result."""
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        self._out.write(json.dumps(message).encode() + b"\0")
        while (found := self._answers.get(timeout=PATIENCE + 30)).get("id") != number:
            pass
        assert "error" not in found, found
        return found["result"]

    def open(self, url: str) -> None:
        self.call("Page.navigate", url=url)
        self.wait('document.readyState === "complete"')

    def evaluate(self, script: str) -> Any:
        """Evaluate a JavaScript expression in the page and return its value. The expression may be a promise."""
        found = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def wait(self, condition: str) -> None:
        """Wait until a JavaScript expression is true in the page."""
        script = f"""new Promise((resolve, reject) => {{
            const end = Date.now() + {1000 * PATIENCE};
            const look = () => {{
                if ({condition}) resolve();
                else if (Date.now() > end) reject(Error("too late"));
                else setTimeout(look, 20);
            }};
            look();
        }})"""
        self.evaluate(script)

    def type(self, selector: str, text: str) -> None:
        """Type a text into an input field of the page, replacing its content. `selector` is a CSS selector."""
        self.evaluate(f"(e => {{ e.focus(); e.select(); }})(document.querySelector({json.dumps(selector)}))")
        self.call("Input.insertText", text=text)

    def click(self, selector: str) -> None:
        """Click on the centre of the page element with this CSS selector. The test fails if the element is covered."""
        script = f"""(e => {{
            e.scrollIntoView({{block: "center"}});
            const box = e.getBoundingClientRect();
            const x = box.x + box.width / 2, y = box.y + box.height / 2;
            return [x, y, e.contains(document.elementFromPoint(x, y))];
        }})(document.querySelector({json.dumps(selector)}))"""
        x, y, is_free = self.evaluate(script)
        assert is_free, f"{selector} is covered"
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def set_size(self, width: int, height: int) -> None:
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=2, mobile=True)

    def set_scheme(self, scheme: str) -> None:
        """Set the colour scheme that the page sees as the user's preference, "light" or "dark"."""
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def grab(self) -> bytes:
        """Take a screenshot of the whole page and return it as PNG."""
        return base64.b64decode(self.call("Page.captureScreenshot", captureBeyondViewport=True)["data"])

    def close(self) -> None:
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._out.close()

    def _read(self) -> None:
        with self._in:
            data = b""
            while part := os.read(self._in.fileno(), 2**20):
                *messages, data = (data + part).split(b"\0")
                for message in messages:
                    self._answers.put(json.loads(message))
