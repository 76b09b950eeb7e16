"""A virtual X screen, for tests that need a real window and not the offscreen platform."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@pytest.fixture
def virtual_screen() -> Iterator[dict[str, str]]:
    """Start a virtual X screen of 1600x1000, and yield the environment for programs that open windows on it."""
    if not shutil.which("Xvfb"):
        pytest.skip("Xvfb is not installed and could not be: it takes root on a Debian family")
    with xvfb() as display:
        environ = {name: value for name, value in os.environ.items() if name != "WAYLAND_DISPLAY"}
        yield environ | {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}


@contextmanager
def xvfb(size: str = "1600x1000x24") -> Iterator[str]:
    """Run the virtual X server Xvfb within a `with` block, and yield the name of its display, such as ":7"."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", size, "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=(write,), stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as answer:
            # Xvfb writes the number once the display accepts connections.
            number = answer.readline().strip()
        assert number, f"Xvfb ended with {server.wait()}"
        yield f":{number}"
    finally:
        server.terminate()
        server.wait(10)
