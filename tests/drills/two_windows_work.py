"""Processes of `tests.drills.two_windows`: the program with a window that logs the images it is raised with."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from gdm_studio.ui.shell import app
from gdm_studio.ui.shell.window import Window
from tests.helpers.gaussian_model import GaussianLibrary

RAISED = "raised"  # a line for each picture that a window in that home was raised with


def start(home: Path, picture: str) -> None:
    """Run `gdm-studio open PICTURE` as the body of a process."""
    home.mkdir(exist_ok=True)
    os.environ["GDM_STUDIO_HOME"] = str(home)
    sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - for as long as it lives

    class Noting(Window):
        def bring_to_front(self, picture: Path | None) -> bool:
            if picture is not None and picture != opened_with:
                with open(home / RAISED, "a", encoding="utf-8") as file:
                    file.write(f"{picture.name}\n")
            return super().bring_to_front(None)

    opened_with = Path(picture)
    app.Window = Noting  # type: ignore[misc]
    os._exit(app.main(GaussianLibrary(), picture=opened_with))  # type: ignore[arg-type]
