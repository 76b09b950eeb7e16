"""Comparison of two checkouts of GDM Studio: the same program runs with the package of each, in turn, so that whatever
else the machine does slows both.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from gdm_studio.common.errors import StudioError
from gdm_studio.common.measurement import Measurement

PAIRS = 10
HERE = Path(__file__).parents[1]
_PRINT_PACKAGE = "import importlib.util as u; found = u.find_spec('gdm_studio'); print(found.origin if found else '')"


class Run(NamedTuple):
    """Seconds that one run of a program took, and its standard output."""

    wall: float
    # Processor time of all threads and of finished child processes. It is 0 where the system does not report it.
    cpu: float
    output: str


def run_in_turn(
    arguments: Sequence[str], checkouts: Sequence[Path], home: Path, *, pairs: int = PAIRS
) -> list[list[Run]]:
    """Run `python ARGUMENTS` with the package of each checkout in turn, `pairs` times, and return the runs of each.

    The arguments are a script with its own arguments, `-c CODE` or `-m gdm_studio …`. Each checkout has a folder of its
    own in `home` for its settings and images, and one run before that is not measured: it compiles the modules and
    fills the caches. Raises StudioError if a run fails or a checkout is none.
    """
    places = [_environment(checkout, home / str(number)) for number, checkout in enumerate(checkouts)]
    for checkout, environment in zip(checkouts, places, strict=True):
        package = Path(_run(["-c", _PRINT_PACKAGE], environment, home).output.strip())
        if not package.is_relative_to(checkout.resolve()):
            raise StudioError(f"{checkout} is no checkout of GDM Studio; name the folder that contains gdm_studio/.")
        _run(arguments, environment, home)
    found: list[list[Run]] = [[] for _ in checkouts]
    for _ in range(pairs):
        for runs, environment in zip(found, places, strict=True):
            runs.append(_run(arguments, environment, home))
    return found


def compare(name: str, runs: Sequence[Sequence[Run]], goal: str = "") -> Iterator[Measurement]:
    """Yield the median times of a program called `name` with this checkout. If a second checkout ran too, also yield
    its times and the median ratios of this one's to them, with the goal of these ratios.
    """
    for what, unit in (("wall", "s"), ("cpu", "s of the processor")):
        here, *others = ([getattr(run, what) for run in each] for each in runs)
        if not all(here):
            continue
        yield Measurement(name, statistics.median(here), unit)
        for other in others:
            ratio = statistics.median(one / two for one, two in zip(here, other, strict=True))
            yield Measurement(f"{name}, the other checkout", statistics.median(other), unit)
            yield Measurement(f"{name}, ratio", ratio, f"× {unit.removeprefix('s').strip() or 'as long'}", goal)


def _environment(checkout: Path, home: Path) -> Mapping[str, str]:
    """Return the environment in which Python finds the package of a checkout first, with folders of its own."""
    home.mkdir(parents=True, exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPATH": str(checkout.resolve()), "GDM_STUDIO_HOME": str(home)}


def _run(arguments: Sequence[str], environment: Mapping[str, str], folder: Path) -> Run:
    before, started = os.times(), time.perf_counter()
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    wall, after = time.perf_counter() - started, os.times()
    if done.returncode:
        last = done.stderr.strip().rpartition("\n")[2]
        raise StudioError(f"The run with the package of {environment['PYTHONPATH']} failed: {last}")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Run(wall, cpu, done.stdout)
