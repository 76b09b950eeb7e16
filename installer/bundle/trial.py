"""Trial of a bundle: it starts, and generates an image in a home of its own."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from installer.console import run_captured
from installer.menu import ID
from installer.problems import Problem

SECONDS = 600.0
REQUEST = ("generate", "a red apple", "--steps", "2", "--seed", "1")


def try_program(folder: Path, version: str, *, scratch: Path | None = None) -> None:
    """Start the program of a bundle, and generate an image with it.

    The home is a temporary folder in `scratch`. Raises Problem if the program has another version or fails.
    """
    with tempfile.TemporaryDirectory(prefix=f".new-{ID}-home-", dir=scratch) as home:
        environ = os.environ | {"GDM_STUDIO_HOME": home}
        answer = run_captured([folder / "AppRun", "--version"], seconds=SECONDS, env=environ)
        if not answer.ok or answer.output.split()[-1:] != [version]:
            raise Problem(f"The bundled program does not start as version {version}: {answer.output.strip()}")
        answer = run_captured([folder / "AppRun", *REQUEST], seconds=SECONDS, env=environ)
        if not answer.ok or not list(Path(home).rglob("*.png")):
            raise Problem(f"The bundled program does not draw: {answer.output.strip()}")
