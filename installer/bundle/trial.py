"""Trials of a bundle and of a build of torch: they generate an image in a home of their own."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from installer.console import run_captured
from installer.menu import ID
from installer.problems import Problem

SECONDS = 600.0
REQUEST = ("generate", "a red apple", "--steps", "2", "--seed", "1")


def try_program(launcher: Path, version: str, *, scratch: Path | None = None) -> None:
    """Start a bundle by its launcher, and generate an image with it.

    The home is a temporary folder in `scratch`. Raises Problem if the bundle has another version or fails.
    """
    with tempfile.TemporaryDirectory(prefix=f".new-{ID}-home-", dir=scratch) as home:
        environ = os.environ | {"GDM_STUDIO_HOME": home}
        answer = run_captured([launcher, "--version"], seconds=SECONDS, env=environ)
        if not answer.ok or answer.output.split()[-1:] != [version]:
            raise Problem(f"The bundled program does not start as version {version}: {answer.output.strip()}")
        _draw([launcher], (), environ)


def try_image(python: Path, torch: Path, scratch: Path) -> None:
    """Generate an image on a graphics card with the build of torch in a folder. Raises Problem."""
    with tempfile.TemporaryDirectory(prefix=f".new-{ID}-home-", dir=scratch) as home:
        environ = os.environ | {"GDM_STUDIO_HOME": home, "PYTHONPATH": str(torch), "PYTHONNOUSERSITE": "1"}
        _draw([python, "-P", "-m", "gdm_studio"], ("--device", "cuda:0"), environ)


def _draw(program: Sequence[str | Path], options: Sequence[str], environ: Mapping[str, str]) -> None:
    answer = run_captured([*program, *REQUEST, *options], seconds=SECONDS, env=environ)
    if not answer.ok or not list(Path(environ["GDM_STUDIO_HOME"]).rglob("*.png")):
        raise Problem(f"The program does not draw: {answer.output.strip()}")
