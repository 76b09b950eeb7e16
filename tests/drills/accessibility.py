"""The real window on an X server, as a screen reader finds it on the accessibility bus (AT-SPI), view by view.

    python -m tests.drills.accessibility

Needs Linux with Xvfb, dbus-daemon, at-spi2-core, and a Python with AT-SPI's library (gir1.2-atspi-2.0 and python3-gi).
The program itself does not depend on them.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.drills.home import temporary_home
from tests.helpers.xvfb import xvfb

ROOT = Path(__file__).parents[2]
CLIENT = Path(__file__).with_name("accessibility_client.py")
LAUNCHERS = ("/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi2-core/at-spi-bus-launcher")
GENERATED = "Finished: a fox"
# Seconds for one walk through all views.
PATIENCE = 600.0
# Roles that say nothing about an element that has the focus.
ROLELESS = ("unknown", "filler", "invalid", "redundant object")
# Views that have a dialog with this name.
DIALOGS = {"Get a model": "Get a model", "Actions": "Search actions"}

Element = Mapping[str, Any]


@dataclass
class Report:
    views: int = 0
    elements: int = 0
    problems: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.elements} elements of {self.views} views: {len(self.problems)} problems"


def python_with_bus() -> str | None:
    """Return a Python that can talk to the accessibility bus, or None."""
    code = "import gi; gi.require_version('Atspi', '2.0'); from gi.repository import Atspi"
    for python in (sys.executable, "/usr/bin/python3"):
        if shutil.which(python) and subprocess.run([python, "-c", code], capture_output=True).returncode == 0:
            return python
    return None


def missing() -> str:
    """Return what this computer lacks for the drill, or ""."""
    tools = [tool for tool in ("Xvfb", "dbus-daemon") if not shutil.which(tool)]
    if not any(map(os.path.exists, LAUNCHERS)):
        tools.append("at-spi2-core")
    if not python_with_bus():
        tools.append("gir1.2-atspi-2.0 and python3-gi")
    return ", ".join(tools)


def drill(home: Path) -> Report:
    """Open the window in a new home, walk through its views, and return the problems that were found."""
    report = Report()
    for line in _walk(home):
        if "announced" in line:
            if GENERATED not in line["announced"]:
                report.problems.append(f"the end of the run was not announced, only {line['announced']}")
            continue
        report.views += 1
        report.elements += len(line["elements"])
        report.problems += [f"{line['view']}: {problem}" for problem in _problems(line["view"], line["elements"])]
    return report


def _problems(view: str, elements: list[Element]) -> Iterator[str]:
    for element in elements:
        yield from _problems_of(element)
    counts = Counter(
        (*element["path"], element["role"], element["name"])
        for element in elements
        if "FOCUSABLE" in element["states"] and element["role"] in ("push button", "check box", "text", "slider")
    )
    yield from (f"{count} of one name: {where}" for where, count in counts.items() if count > 1)
    names = {(element["role"], element["name"]) for element in elements}
    if view in DIALOGS and ("dialog", DIALOGS[view]) not in names:
        yield f"no dialog {DIALOGS[view]}"
    tabs = [element for element in elements if element["role"] == "page tab" and len(element["path"]) <= 4]
    chosen = [element["name"] for element in tabs if "SELECTED" in element["states"]]
    if len(chosen) != 1:
        yield f"pages {chosen} are open"
    # Without a window manager, the window may not be active.
    is_active = any("ACTIVE" in element["states"] for element in elements)
    if is_active and not any("FOCUSED" in element["states"] for element in elements):
        yield "nothing in sight has the focus"


def _problems_of(element: Element) -> Iterator[str]:
    where = " > ".join([*element["path"][-3:], f"{element['role']} {element['name']!r}"])
    states, role, name = element["states"], element["role"], element["name"]
    if "FOCUSABLE" in states:
        if not any(map(str.isalnum, name)) and role != "label":
            yield f"no name: {where}"
        if role in ROLELESS:
            yield f"no role: {where}"
        if role == "combo box" and not element["labels"] and not element["description"]:
            yield f"nothing says what is chosen: {where}"
    if role == "slider":
        lowest, value, highest = element.get("value", (0, 0, 0))
        if "value" in element and not lowest <= value <= highest:
            yield f"value {value} of {lowest} to {highest}: {where}"
        if "value" not in element and ": " not in name:
            yield f"no value: {where}"
    if "EXPANDABLE" in states and role == "push button" and ("EXPANDED" in states) == ("COLLAPSED" in states):
        yield f"neither open nor closed: {where}"


def _walk(home: Path) -> Iterator[Mapping[str, Any]]:
    python = python_with_bus()
    launcher = next(filter(os.path.exists, LAUNCHERS))
    assert python is not None
    with ExitStack() as running:
        environment = dict(os.environ) | {
            "DISPLAY": running.enter_context(xvfb()),
            "XDG_CACHE_HOME": str(home / "cache"),
            "GDM_STUDIO_HOME": str(home),
            "QT_QPA_PLATFORM": "xcb",
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
            "LANG": "C.UTF-8",
        }
        bus = running.enter_context(
            _process(["dbus-daemon", "--session", "--nofork", "--print-address=1"], environment, stdout=subprocess.PIPE)
        )
        assert bus.stdout is not None
        environment["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().decode().strip()
        running.enter_context(_process([launcher, "--launch-immediately"], environment))
        if shutil.which("openbox"):
            running.enter_context(_process(["openbox"], environment))
        time.sleep(1.0)
        running.enter_context(_process([sys.executable, "-m", "gdm_studio"], environment))
        client = [python, "-W", "ignore", str(CLIENT), GENERATED]
        done = subprocess.run(client, env=environment, capture_output=True, text=True, timeout=PATIENCE)
        assert done.returncode == 0, done.stderr
    yield from map(json.loads, done.stdout.splitlines())


@contextmanager
def _process(command: list[str], environment: Mapping[str, str], **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program within a `with` block."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, env=environment, cwd=ROOT, **(quiet | options))
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.parse_args(arguments)
    if lacks := missing():
        print(f"This computer lacks {lacks}.")
        return 2
    with temporary_home("accessibility") as home:
        report = drill(home)
    print(*report.problems, report, sep="\n")
    return 1 if report.problems else 0


if __name__ == "__main__":
    sys.exit(main())
